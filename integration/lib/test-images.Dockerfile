# The builder and runtime images of the tests, where tools come from package registries: the product's images (context
# `product`), the mise plugin (context `plugin`) and what it cannot get from a registry (context `store`, and the stages here).

FROM product AS plugged
ARG TOOLS
COPY --from=plugin / /opt/mise-plugin/
RUN mkdir -p /mise/plugins && for tool in $TOOLS; do ln -s /opt/mise-plugin "/mise/plugins/$tool"; done

# mise knows what a plugin has installed only where the plugin is there too: the shims in a deployed image need it.
FROM plugged AS runtime-test

# Debian's JDK finds its parts relative to itself, but its settings and certificates are links to elsewhere.
FROM product AS java
RUN apt-get update && apt-get install -y --no-install-recommends maven openjdk-21-jdk-headless && rm -rf /var/lib/apt/lists/*
RUN home=$(dirname "$(dirname "$(readlink -f /usr/bin/javac)")") && \
    version=$(sed -n 's/^JAVA_VERSION="\(.*\)"/\1/p' "$home/release") && \
    find -L "$home" -type l -delete && \
    mkdir -p /store/java && cp -aL "$home" "/store/java/$version"
RUN version=$(dpkg-query --show --showformat '${Version}' maven | sed 's/-.*//') && \
    find -L /usr/share/maven -type l -delete && \
    mkdir -p /store/maven && cp -aL /usr/share/maven "/store/maven/$version"

# Debian's Ruby cannot be moved, so it is compiled, which takes minutes: for the place where mise installs it.
FROM product AS ruby
RUN sed 's/^deb /deb-src /' /etc/apt/sources.list >/etc/apt/sources.list.d/source.list && \
    apt-get update && apt-get install -y --no-install-recommends bison dpkg-dev libgmp-dev libyaml-dev && \
    cd /opt && apt-get source --download-only ruby3.3 && rm -rf /var/lib/apt/lists/*
RUN mkdir /opt/ruby && tar -xf /opt/ruby3.3_*.orig.tar.xz --strip-components=1 -C /opt/ruby && cd /opt/ruby && \
    version=$(echo /opt/ruby3.3_*.orig.tar.xz | sed 's/.*_\([0-9.]*[0-9]\).*/\1/') && \
    prefix=/mise/installs/ruby/$version && \
    ./configure --prefix="$prefix" --enable-shared --disable-install-doc LDFLAGS="-Wl,-rpath,$prefix/lib" optflags=-O1 debugflags=-g0 && \
    make -j"$(nproc)" && make install
# Gems for apps of Rack, Sinatra and Rails, and the source of the one with a part in C.
RUN apt-get update && mkdir -p /opt/packages/partial /opt/sources && cd /opt/sources && \
    apt-get install -y --download-only --no-install-recommends -o Dir::Cache::archives=/opt/packages \
      ruby-railties ruby-sinatra ruby-webrick && \
    apt-get source --download-only ruby-nokogiri && rm -rf /var/lib/apt/lists/* && \
    for package in /opt/packages/*.deb; do dpkg --extract "$package" "${package%%_*}" && rm "$package"; done
COPY gem-registry.rb /opt/
RUN /mise/installs/ruby/*/bin/ruby /opt/gem-registry.rb /opt/ruby /opt/packages /opt/sources /opt/gem-registry && \
    mkdir /store && mv /mise/installs/ruby /store/

FROM plugged AS builder-test
RUN apt-get update && apt-get install -y --no-install-recommends python3-venv && rm -rf /var/lib/apt/lists/* /var/log/*
COPY --from=store / /opt/mise-store/
COPY --from=java /store/ /opt/mise-store/
COPY --from=ruby /store/ /opt/mise-store/
COPY --from=ruby /opt/gem-registry /opt/gem-registry/
RUN mkdir -p /root/.bundle && printf -- '---\nBUNDLE_MIRROR__ALL: "file:///opt/gem-registry"\n' >/root/.bundle/config && \
    printf -- '---\n:sources:\n- file:///opt/gem-registry/\n' >/root/.gemrc
# Compilers that no deployed image needs stay where Debian has them; mise gets links.
RUN apt-get update && apt-get install -y --no-install-recommends cargo elixir rustc && rm -rf /var/lib/apt/lists/* /var/log/*
RUN add() { \
      mkdir -p "/opt/mise-store/$1/$2/bin" && \
      for program in $3; do ln -s "/usr/bin/$program" "/opt/mise-store/$1/$2/bin/$program" || return; done; \
    } && \
    add rust "$(rustc --version | cut -d ' ' -f 2)" "cargo rustc" && \
    add erlang "$(cat /usr/lib/erlang/releases/*/OTP_VERSION)" "erl erlc escript" && \
    add elixir "$(elixir --version | sed -n 's/^Elixir \([0-9.]*\).*/\1/p')" "elixir elixirc iex mix"

