# docker buildx bake            all images for this machine's platform
# docker buildx bake local      the same, loaded into the local engine
# docker buildx bake release    both platforms with provenance and SBOM; add --push

variable "REGISTRY" {
  description = "Where the images belong, a registry host and owner; without it they have their plain names"
  default     = ""
}

variable "VERSION" {
  description = "Tag of the images, beside `latest`"
  default     = "dev"
}

variable "REVISION" {
  description = "Commit that the images are built from"
  default     = ""
}

variable "SOURCE_URL" {
  description = "Repository that the images are built from"
  default     = ""
}

variable "MISE_VERSION" {
  default = "2026.8.6"
}

function "tags" {
  params = [image]
  result = [
    for tag in VERSION == "dev" ? ["dev"] : [VERSION, "latest"] :
    REGISTRY == "" ? "${image}:${tag}" : "${REGISTRY}/${image}:${tag}"
  ]
}

group "default" {
  targets = ["frontend", "builder", "runtime"]
}

group "local" {
  targets = ["frontend-local", "builder-local", "runtime-local"]
}

group "release" {
  targets = ["frontend-release", "builder-release", "runtime-release"]
}

target "_common" {
  context = "."
  labels = {
    for name, value in {
      "org.opencontainers.image.source"   = SOURCE_URL
      "org.opencontainers.image.revision" = REVISION
      "org.opencontainers.image.version"  = VERSION
    } : name => value if value != ""
  }
}

target "_mise" {
  args = { MISE_VERSION = MISE_VERSION }
}

target "frontend" {
  inherits = ["_common"]
  args     = { SOURCE_URL = SOURCE_URL }
  target   = "frontend"
  tags     = tags("railpack-frontend")
}

target "builder" {
  inherits = ["_common", "_mise"]
  target   = "builder"
  tags     = tags("railpack-builder")
}

target "runtime" {
  inherits = ["_common"]
  target   = "runtime"
  tags     = tags("railpack-runtime")
}

target "local" {
  name     = "${image}-local"
  matrix   = { image = ["frontend", "builder", "runtime"] }
  inherits = [image]
  output   = ["type=docker"]
}

target "release" {
  name      = "${image}-release"
  matrix    = { image = ["frontend", "builder", "runtime"] }
  inherits  = [image]
  platforms = ["linux/amd64", "linux/arm64"]
  attest    = ["type=provenance,mode=max", "type=sbom"]
}
