"""Jobs: procrastinate in PostgreSQL, deferred in the transaction of the change.

Every job is safe to run twice: a worker may die in the middle, and its job is then run again.
"""

import datetime as dt

import structlog
from django.conf import settings
from django.utils import timezone
from procrastinate import exceptions
from procrastinate.contrib.django import app
from procrastinate.jobs import Status

from marketplace.core.models import IdempotencyKey

log = structlog.get_logger(__name__)
KEEP_FINISHED_HOURS = 24
# How often a job may be left by a worker that died.
MAX_STALLS = 20
KEEP_IDEMPOTENCY_DAYS = 30


@app.periodic(cron="* * * * * */10")
@app.task(queue="system", pass_context=False)
async def requeue_stalled(timestamp: int) -> None:
    """Runs again what a dead worker left `doing`; procrastinate does not do that by itself."""
    manager = app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=settings.JOB_STALLED_SECONDS):
        if job.attempts >= MAX_STALLS:
            # It takes its worker down each time: it would go on for ever, and others with it.
            log.error("job_given_up", task=job.task_name, job=job.id, attempts=job.attempts)
            await manager.finish_job(job, Status.FAILED, delete_job=False)
            continue
        try:
            await manager.retry_job(job)
        except exceptions.ConnectorException:
            # A twin with the same queueing lock already waits: it does the work.
            log.warning("job_requeue_refused", task=job.task_name, job=job.id)


@app.periodic(cron="17 3 * * *")
@app.task(queue="system")
async def delete_finished(timestamp: int) -> None:
    await app.job_manager.delete_old_jobs(nb_hours=KEEP_FINISHED_HOURS)


@app.periodic(cron="27 3 * * *")
@app.task(queue="system")
def forget_idempotency_keys(timestamp: int) -> None:
    IdempotencyKey.objects.filter(
        created_at__lt=timezone.now() - dt.timedelta(days=KEEP_IDEMPOTENCY_DAYS)
    ).delete()
