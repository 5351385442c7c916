defmodule Tides do
  @moduledoc "Says when the water is high."
  use Application

  @high_water [~T[05:12:00], ~T[17:40:00]]

  @impl true
  def start(_type, _arguments) do
    times = Enum.map_join(@high_water, " and ", &Calendar.strftime(&1, "%H:%M"))
    IO.puts("high water at #{times}")
    Supervisor.start_link([], strategy: :one_for_one)
  end
end
