"""The embedded PostgreSQL, started for real."""

from __future__ import annotations

import os
import signal
import stat
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from marketplace.local.errors import LocalError
from marketplace.local.postgres import SOCKET, SOCKET_BYTES, Cluster, sweep, throwaway, tie_to
from marketplace.local.processes import is_alive

# One process for all of these: several clusters at a time would only be slower.
pytestmark = pytest.mark.xdist_group("local")


def modes_above(path: Path, upto: Path) -> list[int]:
    return [stat.S_IMODE(folder.stat().st_mode) for folder in [path, *path.parents] if folder != upto.parent][
        :3
    ]


def test_cluster_is_private_and_keeps_the_modes_of_other_folders(cluster: Cluster, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    before = modes_above(closed / "var", tmp_path)

    cluster.start()

    assert modes_above(closed / "var", tmp_path) == before
    assert before[:2] == [0o750, 0o700]
    assert stat.S_IMODE(cluster.data.stat().st_mode) == 0o700
    assert stat.S_IMODE(cluster.run_folder.stat().st_mode) == 0o700
    with cluster.connect() as connection:
        row = connection.execute(
            "SELECT current_user, rolsuper, rolcreatedb FROM pg_roles WHERE rolname = 'app'"
        ).fetchone()
        assert row == ("app", False, True)
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)


def test_url_is_one_that_libpq_takes(cluster: Cluster) -> None:
    cluster.start()

    with psycopg.connect(cluster.url) as connection:
        assert connection.execute("SELECT current_database()").fetchone() == ("app",)


def test_rows_survive_a_killed_postmaster(cluster: Cluster) -> None:
    cluster.start()
    with cluster.connect() as connection:
        connection.execute("CREATE TABLE village AS SELECT 'Chuyên Mỹ' AS name")
    assert cluster.process is not None
    os.kill(cluster.process.pid, signal.SIGKILL)
    cluster.process.wait()
    assert cluster.ended()

    cluster.start()

    with cluster.connect() as connection:
        assert connection.execute("SELECT name FROM village").fetchall() == [("Chuyên Mỹ",)]


def test_start_ends_the_server_of_a_start_that_was_killed(cluster: Cluster) -> None:
    cluster.start()
    forgotten = cluster.process
    assert forgotten is not None
    again = Cluster(cluster.home, cluster.log, fsync=False)
    assert forgotten.pid in again.live()

    again.start()

    assert not is_alive(forgotten.pid)
    with again.connect() as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    again.stop()
    assert again.live() == []


def test_start_removes_stale_files_of_a_crash(cluster: Cluster) -> None:
    cluster.create()
    (cluster.data / "postmaster.pid").write_text("1\n/nowhere\n")
    (cluster.run_folder / SOCKET).touch()
    (cluster.run_folder / f"{SOCKET}.lock").write_text("1\n")

    cluster.start()

    with cluster.connect() as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.parametrize("name", ["x" * 120, "with, comma"])
def test_socket_has_a_folder_elsewhere_when_its_path_would_not_do(tmp_path: Path, name: str) -> None:
    cluster = Cluster(tmp_path / name, tmp_path / "postgres.log", fsync=False)

    folder = cluster.run_folder

    assert not folder.is_relative_to(tmp_path)
    assert len(os.fsencode(folder / SOCKET)) <= SOCKET_BYTES
    assert "," not in str(folder)


def test_data_of_another_release_is_refused_with_the_way_out(cluster: Cluster) -> None:
    cluster.home.mkdir(parents=True, exist_ok=True)
    cluster.data.mkdir()
    (cluster.data / "PG_VERSION").write_text("17\n")

    with pytest.raises(LocalError, match=r"made by PostgreSQL 17, and here is 18.*\n?.*make reset"):
        cluster.start()

    assert cluster.process is None


def test_cluster_outside_is_put_aside_when_its_data_folder_is_a_new_one(tmp_path: Path) -> None:
    data_dir = tmp_path / "var"
    data_dir.mkdir()
    cluster = Cluster(tmp_path / "outside", tmp_path / "postgres.log")
    assert tie_to(data_dir, cluster) is None
    (cluster.home / "data").mkdir()
    assert tie_to(data_dir, cluster) is None
    assert (cluster.home / "data").exists()

    (data_dir / "cluster.txt").unlink()
    aside = tie_to(data_dir, cluster)

    assert aside == tmp_path / "outside.old"
    assert (aside / "data").exists()
    assert not (cluster.home / "data").exists()
    assert tie_to(data_dir, cluster) is None


# Both sweep one shelf: side by side, either could be waiting for the other to have swept.
@pytest.mark.xdist_group("shelf")
def test_throwaway_cluster_leaves_nothing(tmp_path: Path) -> None:
    with throwaway(tmp_path) as made:
        pid = made.process.pid if made.process else 0
        assert is_alive(pid)
        sweep(made.home.parent)  # another run's sweep: this one is held, and stays
        assert is_alive(pid)

    assert not is_alive(pid)
    assert [path for path in made.home.parent.iterdir() if path.name.startswith(made.home.name)] == []


@pytest.mark.xdist_group("shelf")
def test_cluster_of_a_killed_run_is_swept(
    tmp_path: Path, python: Callable[..., object], wait_for: Callable[..., None]
) -> None:
    code = """
import sys, time, pathlib
from marketplace.local.postgres import throwaway
with throwaway(pathlib.Path(sys.argv[1])) as cluster:
    (pathlib.Path(sys.argv[1]) / "home").write_text(f"{cluster.home}\\n{cluster.process.pid}\\n")
    time.sleep(60)
"""
    process = python(code, tmp_path)
    wait_for(lambda: (tmp_path / "home").exists() and (tmp_path / "home").read_text().count("\n") == 2)
    home, pid = (tmp_path / "home").read_text().split()
    process.kill()  # type: ignore[attr-defined]
    wait_for(lambda: not is_alive(int(pid)))  # the kernel told PostgreSQL
    assert Path(home).exists()

    sweep(Path(home).parent)

    # Another run's sweep may be at it already.
    wait_for(lambda: not Path(home).exists())
