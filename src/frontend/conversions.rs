//! A plan, converted for each platform that is asked for.

use super::FrontendError;
use super::concurrent::join_all;
use super::contexts::{Loading, MainContext, NamedContexts};
use super::images::{resolve_images, warn_of_configs};
use super::options::Options;
use super::plan_file::PlanFile;
use super::warnings::Warnings;
use crate::convert::{Conversion, ConvertOptions, NoCache, SecretsHash, convert, images};
use crate::llb::Platform;
use crate::plan::ValidPlan;

/// What all platforms have in common.
pub(super) struct Conversions<'a> {
    pub(super) plan: &'a ValidPlan,
    pub(super) file: &'a PlanFile,
    pub(super) options: &'a Options,
    /// How named contexts are loaded.
    pub(super) loading: Loading<'a>,
    pub(super) named_contexts: &'a NamedContexts<'a>,
    pub(super) main_context: Option<&'a MainContext>,
    /// The session that offers the app.
    pub(super) app_session: Option<&'a String>,
    /// The step to build, as the plan writes its name; `None` is the image.
    pub(super) target: Option<&'a str>,
    /// The steps to run again, as the plan writes their names.
    pub(super) no_cache: NoCache,
    pub(super) secrets_hash: SecretsHash,
    /// Whether the client offers certificates.
    pub(super) certificates: bool,
    pub(super) warnings: &'a Warnings<'a>,
}

impl Conversions<'_> {
    /// Converts for all platforms at once.
    pub(super) async fn make(&self) -> Result<Vec<(Platform, Conversion)>, FrontendError> {
        let platforms = self.options.platforms.iter();
        let making = platforms.map(|platform| self.of_platform(platform));
        join_all(making).await.into_iter().collect()
    }

    async fn of_platform(
        &self,
        platform: &Platform,
    ) -> Result<(Platform, Conversion), FrontendError> {
        let Self {
            plan,
            file,
            options,
            loading,
            target,
            ..
        } = self;
        let named_contexts = self.named_contexts;
        let mut contexts = named_contexts
            .load(loading, platform, plan, *target)
            .await?;
        contexts.main = self.main_context.map(MainContext::files);
        let needed = images(plan, *target, &contexts);
        let bridge = loading.bridge;
        let images = resolve_images(bridge, needed, options, platform, plan, file).await?;
        warn_of_configs(self.warnings, &images, &contexts, platform, plan.plan()).await;
        let options = ConvertOptions {
            images,
            contexts,
            names_platform: options.is_multi_platform,
            target: target.map(str::to_owned),
            sandbox: options.sandbox.clone(),
            session: self.app_session.cloned(),
            cache_key: options.cache_key.clone(),
            secrets_hash: self.secrets_hash.clone(),
            certificates: self.certificates,
            github_token: options.github_token.as_ref().map(|token| token.0.clone()),
            no_cache: self.no_cache.clone(),
            source: self.warnings.shown.clone(),
            resolve_mode: options.resolve_mode,
            proxy: options.proxy.clone(),
            labels: options.labels.clone(),
            built_at: options.built_at.clone(),
            source_date_epoch: options.source_date_epoch,
            ..ConvertOptions::new(platform.clone(), loading.capabilities.clone())
        };
        match convert(plan, &options) {
            Ok(conversion) => Ok((platform.clone(), conversion)),
            Err(errors) => Err(FrontendError::Convert {
                errors,
                file: Box::new(file.source.clone()),
            }),
        }
    }
}
