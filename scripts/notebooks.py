"""Execute the notebooks of docs/ anew and store them with their outputs.

    python scripts/notebooks.py [NAME…]

They share one library, that of DOCINTEL_LIBRARY, else build/notebooks.
"""

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "notebooks"
_LIMIT = 300  # seconds a cell


def execute(path: Path) -> nbformat.NotebookNode:
    """A notebook as it is when it was executed here and now; an error in a cell is an error."""
    notebook = nbformat.read(path, as_version=4)
    resources = {"metadata": {"path": FOLDER}}
    NotebookClient(notebook, timeout=_LIMIT, kernel_name="python3", resources=resources).execute()
    for cell in notebook.cells:
        cell.metadata = {}  # when it ran would differ every time
    notebook.metadata = {"kernelspec": notebook.metadata["kernelspec"], "language_info": {"name": "python"}}
    return notebook


def main() -> None:
    """Execute those that are named, else all."""
    for path in sorted(FOLDER.glob("*.ipynb")):
        if not sys.argv[1:] or path.stem in sys.argv[1:]:
            nbformat.write(execute(path), path)
            print(path.name)


if __name__ == "__main__":
    main()
