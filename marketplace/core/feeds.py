"""Lists that are followed by time without gaps, though transactions commit out of order.

A change gets its stamp when it is written and is seen when it commits. Whoever reads "everything since the last stamp
I saw" would miss a slow transaction that wrote before a quick one and committed after it. So readers stop at a
horizon: the start of the oldest transaction that is still writing. Whatever commits later has a stamp at or behind it,
and is read next time.

This holds because `stamp` first makes its transaction a writing one, in the database's eyes, and then looks at the
database's own clock: a transaction that is not yet writing when the horizon is read takes its stamp after that. All
processes have to work under one role, or one that is in pg_read_all_stats: else they do not see each other.
"""

import datetime as dt

from django.db import connection

# The condition makes the order certain: first the transaction's number, then the clock.
_STAMP = """
    WITH writing AS MATERIALIZED (SELECT pg_current_xact_id() AS number)
    SELECT clock_timestamp() FROM writing WHERE number IS NOT NULL
"""
# The statement's own time, and not the clock's: whoever begins to write while this one looks around is behind it.
_HORIZON = """
    SELECT least(statement_timestamp(), min(xact_start)) FROM pg_stat_activity
    WHERE datname = current_database() AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()
"""


def stamp() -> dt.datetime:
    """The time to write into a row that is followed. Runs inside the caller's transaction, just before the write."""
    return _one(_STAMP)


def horizon() -> dt.datetime:
    """Rows with an earlier stamp are all there. Read before the list, outside of a transaction."""
    return _one(_HORIZON)


def _one(sql: str) -> dt.datetime:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        moment: dt.datetime = cursor.fetchone()[0]
    return moment
