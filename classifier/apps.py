from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ClassifierConfig(AppConfig):
    name = "classifier"

    def ready(self) -> None:
        from classifier import checks  # noqa: F401  (registers the system checks)
        from classifier.accounts import sign_in  # noqa: F401  (listens to sign-ins)
        from classifier.library.search_index import ensure_index

        post_migrate.connect(ensure_index, sender=self, dispatch_uid="search_index")
        from classifier.uploads.reserve_file import reserve_file_shrink

        reserve_file_shrink()  # SQLite needs a little room to open the database
