"""The judge of a library, learned from its corrections; and how well it reads."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from docintel.errors import NotFoundError
from docintel.library.correcting import Correcting

if TYPE_CHECKING:
    from spacy.language import Language

    from docintel.evaluation.extraction import Report
    from docintel.learning.training import Training


class Learning(Correcting):
    """Learns from corrections."""

    def train(
        self, *, force: bool = False, dry_run: bool = False, progress: Callable[[str], None] = lambda _: None
    ) -> "Training":
        """Learn from the corrections which words are issues and measures, and read by what was learned from now on.

        What does not get better on documents held back stays as it was. Documents that are in the library already are
        read anew by `reread`.

        Args:
            force: take what is not better, too.
            dry_run: tell how good it would be, and keep nothing.
            progress: called with the name of each document that is read, then of each question that is learned.

        Raises:
            InputError: people have corrected too little to learn from.
        """
        from docintel.extract.work.judging import shared_judge
        from docintel.learning.training import train

        if not dry_run:
            self.check_writable()
        judge = shared_judge()
        training = train(self.corrected(), judge, force=force, progress=progress)
        if training.adopted and not dry_run:
            self._own_model.write(training.heads(judge), training.card(judge))
            self._forget_model()
        return training

    def untrain(self) -> bool:
        """Go back to the shipped model; whether the library had one of its own."""
        self.check_writable()
        was_there = self._own_model.reset()
        self._forget_model()
        return was_there

    def _forget_model(self) -> None:
        for known in ("_extract", "_judge"):
            self.__dict__.pop(known, None)

    def pipeline(self) -> "Language":
        """A spaCy `Language` that reads as this library does; see `docintel.load_pipeline`."""
        from docintel.extract.pipeline import load_pipeline

        return load_pipeline(self._judge)

    def score(self) -> "Report":
        """How well what was read agrees with what people corrected.

        Of documents that nobody reviewed as a whole the records that people looked at count.

        Raises:
            NotFoundError: nobody has corrected anything.
        """
        from docintel.evaluation.extraction import score_extractions
        from docintel.learning.gold import beside_gold

        pairs = [beside_gold(document) for document in self.corrected()]
        if not pairs:
            raise NotFoundError(
                "资料库中没有订正。 Nobody has corrected anything in the library.",
                hint="订正或审定 Run: docintel correct DOC … | docintel correct DOC --reviewed",
            )
        return score_extractions(pairs)
