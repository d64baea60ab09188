FROM python:3.11-slim AS build
COPY requirements.lock /
RUN python -m venv /venv \
    && /venv/bin/python -m pip install --no-cache-dir --disable-pip-version-check --require-hashes -r /requirements.lock

FROM python:3.11-slim
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=bhod_portal.settings.prod
RUN useradd --system --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin portal
WORKDIR /app
COPY --from=build /venv /venv
COPY . .
# The values are for this one command: no setting of a server is kept in the image. The code stays root's.
RUN SECRET_KEY=collectstatic-reads-no-secret-and-keeps-none-of-this-line \
    DATABASE_URL=postgres://build@localhost/build REDIS_URL=redis://localhost ALLOWED_HOSTS=localhost \
    PORTAL_URL=http://localhost \
    python manage.py collectstatic --noinput --verbosity 0 \
    && python -m compileall -q bhod_portal csam access_mgmt prosante_login bhod training
USER portal
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-m", "bhod_portal.local.healthcheck"]
# WEB_CONCURRENCY says how many processes. The log goes without query and referrer, which hold what people search for.
CMD ["gunicorn", "bhod_portal.wsgi", "--bind", "0.0.0.0:8000", "--threads", "4", "--worker-tmp-dir", "/dev/shm", \
     "--no-control-socket", "--access-logfile", "-", \
     "--access-logformat", "%(t)s %(h)s %(m)s %(U)s %(s)s %(B)s %(M)sms"]
