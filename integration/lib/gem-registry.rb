# Makes a registry of gems, in a directory, of what Debian has of them: rubygems.org may be out of reach.
#
#     ruby gem-registry.rb RUBY PACKAGES SOURCES REGISTRY
#
#   RUBY        Ruby's own source, which brings gems along
#   PACKAGES    what is in Debian's packages of gems, each in a directory of its own
#   SOURCES     Debian's sources of those that have a part in C, as archives
#
# Its index is that of `gem generate_index`, which newer Rubies leave to a gem:
# https://guides.rubygems.org/run-your-own-gem-server/

require "fileutils"
require "rubygems/package"
require "zlib"

RUBY, PACKAGES, SOURCES, REGISTRY = ARGV.map { |path| File.expand_path(path) }

# The specification of a gem, by the directory of its files.
def gems_of_ruby
  # Bundler is in the source as it is installed, its programs elsewhere than in its gem.
  FileUtils.mkdir_p("#{RUBY}/exe")
  FileUtils.cp(["#{RUBY}/libexec/bundle", "#{RUBY}/libexec/bundler"], "#{RUBY}/exe")
  places = { RUBY => "#{RUBY}/lib/bundler/bundler.gemspec" }
  Dir.glob("#{RUBY}/.bundle/specifications/*.gemspec") do |file|
    places["#{RUBY}/.bundle/gems/#{File.basename(file, ".gemspec")}"] = file
  end
  places.to_h { |directory, file| [directory, Dir.chdir(directory) { Gem::Specification.load(file) }] }
end

# What is compiled is not in a package, but in its source: the whole gem is taken from there.
def gems_of_debian
  Dir.glob("#{PACKAGES}/*/usr/{share,lib/*}/rubygems-integration/*/specifications/*.gemspec").sort.to_h do |file|
    gem = Gem::Specification.load(file)
    directory = File.expand_path("../gems/#{gem.full_name}", File.dirname(file))
    # Some are where Debian's Ruby looks for libraries, their programs changed and elsewhere.
    libraries = "#{file[%r{#{PACKAGES}/[^/]+}]}/usr/lib/ruby/vendor_ruby"
    if gem.executables.empty? && File.directory?(libraries)
      FileUtils.mkdir_p(directory)
      FileUtils.mv(libraries, "#{directory}/lib")
    end
    if (archive = Dir.glob("#{SOURCES}/{ruby-,}#{gem.name}_*.orig.tar.*").first)
      FileUtils.mkdir_p(directory)
      system("tar", "-xf", archive, "--strip-components=1", "-C", directory, exception: true)
    end
    [directory, gem]
  end
end

# Packs a gem of the files in a directory; gives its line in the index.
def pack(gem, directory)
  Dir.chdir(directory) do
    files = gem.loaded_from.start_with?(RUBY) ? gem.files : Dir.glob("**/*", File::FNM_DOTMATCH)
    files |= gem.executables.map { |name| "#{gem.bindir}/#{name}" }
    gem.extra_rdoc_files = []
    gem.files = files.select { |path| File.file?(path) }
    FileUtils.mv(Gem::Package.build(gem, true), "#{REGISTRY}/gems")
  end
  gem.abbreviate
  gem.sanitize
  File.binwrite("#{REGISTRY}/quick/Marshal.4.8/#{gem.full_name}.gemspec.rz", Zlib.deflate(Marshal.dump(gem)))
  [gem.name, gem.version, gem.original_platform.to_s]
end

FileUtils.mkdir_p(["#{REGISTRY}/gems", "#{REGISTRY}/quick/Marshal.4.8"])
gems = gems_of_ruby.merge(gems_of_debian).select { |directory, _| File.directory?(directory) }
entries = gems.uniq { |_, gem| gem.full_name }.map { |directory, gem| pack(gem, directory) }
lists = { "specs" => entries, "latest_specs" => entries, "prerelease_specs" => [] }
lists.each { |name, list| File.binwrite("#{REGISTRY}/#{name}.4.8.gz", Zlib.gzip(Marshal.dump(list))) }
