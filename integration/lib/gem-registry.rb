# Makes a registry of gems, in a directory, of those that Ruby's own source brings along: rubygems.org may be out of reach.
#
#     ruby gem-registry.rb SOURCE REGISTRY
#
# Its index is that of `gem generate_index`, which newer Rubies leave to a gem:
# https://guides.rubygems.org/run-your-own-gem-server/

require "fileutils"
require "rubygems/package"
require "zlib"

source, registry = ARGV.map { |path| File.expand_path(path) }
FileUtils.mkdir_p(["#{registry}/gems", "#{registry}/quick/Marshal.4.8"])

# Bundler is in the source as it is installed, its programs elsewhere than in its gem.
FileUtils.mkdir_p("#{source}/exe")
FileUtils.cp(["#{source}/libexec/bundle", "#{source}/libexec/bundler"], "#{source}/exe")
places = { "#{source}/lib/bundler/bundler.gemspec" => source }
Dir.glob("#{source}/.bundle/specifications/*.gemspec") do |file|
  places[file] = "#{source}/.bundle/gems/#{File.basename(file, ".gemspec")}"
end

entries = places.sort.map do |file, directory|
  Dir.chdir(directory) do
    gem = Gem::Specification.load(file)
    gem.files |= gem.executables.map { |name| "#{gem.bindir}/#{name}" }
    gem.files = gem.files.select { |path| File.file?(path) }
    FileUtils.mv(Gem::Package.build(gem, true), "#{registry}/gems")
    gem.abbreviate
    gem.sanitize
    File.binwrite("#{registry}/quick/Marshal.4.8/#{gem.full_name}.gemspec.rz", Zlib.deflate(Marshal.dump(gem)))
    [gem.name, gem.version, gem.original_platform.to_s]
  end
end
lists = { "specs" => entries, "latest_specs" => entries, "prerelease_specs" => [] }
lists.each { |name, list| File.binwrite("#{registry}/#{name}.4.8.gz", Zlib.gzip(Marshal.dump(list))) }
