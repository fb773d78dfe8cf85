"""Where the library and the models are."""

from docintel.config import default_library, models_dir, user_name


def test_the_environment_names_library_and_models(monkeypatch, tmp_path):
    monkeypatch.setenv("DOCINTEL_LIBRARY", str(tmp_path / "library"))
    monkeypatch.setenv("DOCINTEL_MODELS", str(tmp_path))
    assert default_library() == tmp_path / "library"
    assert models_dir() == tmp_path


def test_without_it_the_shipped_models_are_found(monkeypatch):
    monkeypatch.delenv("DOCINTEL_LIBRARY", raising=False)
    monkeypatch.delenv("DOCINTEL_MODELS", raising=False)
    assert (models_dir() / "encoder" / "model.onnx").is_file()
    assert default_library().name == "library"


def test_who_corrects_is_named_or_has_the_account(monkeypatch):
    monkeypatch.setenv("DOCINTEL_USER", " 王芳 ")
    assert user_name() == "王芳"
    monkeypatch.setenv("DOCINTEL_USER", "")
    monkeypatch.setattr("getpass.getuser", lambda: "clerk")
    assert user_name() == "clerk"
    monkeypatch.setattr("getpass.getuser", lambda: {}["nobody"])
    assert user_name() == "?"
