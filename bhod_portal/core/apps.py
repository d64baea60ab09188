from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "bhod_portal.core"
    label = "core"
    verbose_name = "noyau"

    def ready(self) -> None:
        from bhod_portal.core.secret_addresses import watch_logs  # noqa: PLC0415  (only once logging is set up)

        watch_logs()
