require "sinatra/base"

class Herbarium < Sinatra::Base
  set :host_authorization, permitted_hosts: []

  PLANTS = { "sundew" => "Drosera", "yarrow" => "Achillea" }.freeze

  get "/:name" do |name|
    PLANTS.fetch(name) { halt 404, "no such plant" }
  end
end
