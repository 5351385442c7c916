# frozen_string_literal: true

# High and low water.
module Tides
  # A line about the high water of a table, as in "05:12 high, 11:30 low".
  def self.tell(table)
    times = table.split(", ").map(&:split).select { |_, water| water == "high" }.map(&:first)
    "high water at #{times.join(" and ")}"
  end
end
