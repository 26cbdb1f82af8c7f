# The web and the worker, for a PostgreSQL and an Elasticsearch that run elsewhere (see compose.yaml).
FROM python:3.12-slim

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    UV_PYTHON_DOWNLOADS=never \
    UV_LINK_MODE=copy \
    PATH=/app/.venv/bin:$PATH

WORKDIR /app
RUN pip install --no-cache-dir uv && useradd --system --create-home --home-dir /home/app --shell /usr/sbin/nologin app

# The packages before the code: they change less often.
COPY pyproject.toml uv.lock ./
RUN uv sync --frozen --no-dev --no-cache

COPY . .
# Both read the settings, which refuse to start without secrets; these are used here only. No database is asked.
RUN export SECRET_KEY=only-for-the-build-of-the-image-and-nothing-else DEBUG=false VIETQR_ACCOUNT_NUMBER=0 \
    && export FIELD_ENCRYPTION_KEYS=$SECRET_KEY SEPAY_WEBHOOK_KEY=$SECRET_KEY \
    && export EMAIL_URL=dummymail:// SMS_SENDER=marketplace.accounts.sms.DisabledSender \
    && python manage.py catalogs && python manage.py collectstatic --noinput \
    && mkdir -p var/media var/private && chown -R app:app var

USER app
EXPOSE 8000
# Asked by a name the site knows itself by: another one would be refused.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD ["python", "-c", "\
import os, urllib.request as r; \
host = os.environ.get('ALLOWED_HOSTS', '').split(',')[0].strip().lstrip('*.') or 'localhost'; \
r.urlopen(r.Request('http://127.0.0.1:8000/readyz', headers={'Host': host}), timeout=2)"]
CMD ["granian", "--interface", "wsgi", "marketplace.wsgi:application", "--host", "0.0.0.0", "--port", "8000", \
    "--workers", "2", "--respawn-failed-workers", "--respawn-interval", "0.5", "--blocking-threads", "4", \
    "--backpressure", "16", "--workers-kill-timeout", "5"]
