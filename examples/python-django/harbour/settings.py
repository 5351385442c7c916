from pathlib import Path

# An example has nothing to sign.
SECRET_KEY = "example"
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = ["harbour"]
ROOT_URLCONF = "harbour.urls"
WSGI_APPLICATION = "harbour.wsgi.application"
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": Path(__file__).parent.parent / "harbour.sqlite3",
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
