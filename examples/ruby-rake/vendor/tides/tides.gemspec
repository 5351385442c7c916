Gem::Specification.new do |gem|
  gem.name = "tides"
  gem.version = "1.0.0"
  gem.summary = "High and low water"
  gem.authors = ["the harbour office"]
  gem.files = ["lib/tides.rb"]
end
