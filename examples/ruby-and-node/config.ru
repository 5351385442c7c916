# Serves what Node.js has made of assets.
require "rack/static"

use Rack::Static, urls: ["/public"]

run ->(environment) { [404, {}, ["nothing at #{environment["PATH_INFO"]}"]] }
