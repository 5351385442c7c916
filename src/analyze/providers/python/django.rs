//! Django (<https://docs.djangoproject.com>).

use crate::analyze::app::{App, AppError};
use crate::analyze::environment::Environment;

/// The setting `RAILPACK_DJANGO_APP_NAME`.
const APP_SETTING: &str = "DJANGO_APP_NAME";
/// What names the app in its settings, as in `WSGI_APPLICATION = "shop.wsgi.application"`.
const WSGI_APPLICATION: &str = "WSGI_APPLICATION";
/// Where settings may be.
pub(crate) const MODULES: &str = "**/*.py";
/// How many files are looked through for settings.
const MAX_FILES: usize = 2_000;

/// What the settings of a Django app say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Settings {
    /// The module that serves the app.
    pub(super) application: Option<String>,
    pub(super) uses_postgresql: bool,
    pub(super) uses_mysql: bool,
}

impl Settings {
    /// Looks through the app's modules, which may have settings under any name. Nothing is run.
    pub(super) fn find(app: &App, environment: &Environment) -> Result<Self, AppError> {
        let mut settings = Self::default();
        for file in app.find_files(MODULES)?.into_iter().take(MAX_FILES) {
            match app.read_text(&file) {
                Ok(text) => settings.add(&text),
                Err(error) if error.is_temporary() => return Err(error),
                // The limit of all files together is for what planning needs.
                Err(AppError::TooMuchText { .. }) => break,
                Err(_) => {}
            }
        }
        if let Some(setting) = environment.setting(APP_SETTING) {
            settings.application = Some(setting.value);
        }
        Ok(settings)
    }

    fn add(&mut self, text: &str) {
        self.uses_postgresql |= text.contains("django.db.backends.postgresql");
        self.uses_mysql |= text.contains("django.db.backends.mysql");
        if self.application.is_none() {
            self.application = text.lines().find_map(application);
        }
    }
}

fn application(line: &str) -> Option<String> {
    let value = line.trim().strip_prefix(WSGI_APPLICATION)?.trim_start();
    let value = value.strip_prefix('=')?.trim();
    let quote = value
        .chars()
        .next()
        .filter(|first| "'\"".contains(*first))?;
    let (name, _) = value.get(1..)?.split_once(quote)?;
    let module = name.strip_suffix(".application")?;
    let is_module = |part: &str| {
        !part.is_empty()
            && part
                .chars()
                .all(|character| character.is_alphanumeric() || character == '_')
    };
    module.split('.').all(is_module).then(|| module.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_settings_name_the_application() {
        for (line, expected) in [
            (
                "WSGI_APPLICATION = \"shop.wsgi.application\"",
                Some("shop.wsgi"),
            ),
            (
                "  WSGI_APPLICATION='a_1.wsgi.application' # x",
                Some("a_1.wsgi"),
            ),
            ("WSGI_APPLICATION = \"a;b.application\"", None),
            ("WSGI_APPLICATION = \"shop.wsgi.app\"", None),
            ("WSGI_APPLICATION = name", None),
            ("# WSGI_APPLICATION = \"a.application\"", None),
        ] {
            assert_eq!(application(line).as_deref(), expected, "{line}");
        }
    }
}
