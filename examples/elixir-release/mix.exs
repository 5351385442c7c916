defmodule Tides.MixProject do
  use Mix.Project

  def project do
    [
      app: :tides,
      version: "1.0.0",
      elixir: "~> 1.18",
      start_permanent: Mix.env() == :prod
    ]
  end

  def application do
    [extra_applications: [:logger], mod: {Tides, []}]
  end
end
