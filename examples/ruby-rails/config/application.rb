require_relative "boot"

require "rails"
require "action_controller/railtie"

Bundler.require(*Rails.groups)

class Lighthouse < Rails::Application
  config.load_defaults 7.2
  config.api_only = true
  config.hosts.clear
  config.eager_load = Rails.env.production?
  config.secret_key_base = ENV.fetch("SECRET_KEY_BASE") { SecureRandom.hex(64) }
end
