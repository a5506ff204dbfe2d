"""What a failing disk, a power cut, a copying tool or a curious person does to an entry of the store."""

from collections.abc import Callable
from pathlib import Path

from pipeline.store.content import seal_path


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _changed(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()
    (path / "within").write_bytes(b"x")


_DAMAGES: dict[str, Callable[[Path], object]] = {
    "cut": _cut,
    "empty": lambda path: path.write_bytes(b""),
    "changed": _changed,
    "missing": lambda path: path.unlink(),
    "folder": _folder,
    "dangling link": lambda path: (path.unlink(), path.symlink_to(path.parent / "nowhere")),
    "unsealed": lambda path: seal_path(path).unlink(),
    "seal empty": lambda path: seal_path(path).write_bytes(b""),
    "seal binary": lambda path: seal_path(path).write_bytes(b"\xff\xfe\x00\x80"),
    "seal of another": lambda path: seal_path(path).write_text(f"{path.stat().st_size} {'0' * 64}"),
    "seal a folder": lambda path: _folder(seal_path(path)),
}
DAMAGES = tuple(_DAMAGES)
OF_THE_SEAL = tuple(name for name in DAMAGES if "seal" in name)


def do_damage(path: Path, damage: str) -> None:
    """Harm one finished entry."""
    _DAMAGES[damage](path)
