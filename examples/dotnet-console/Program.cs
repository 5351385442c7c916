string[] tides = ["05:12", "17:40"];
System.Console.WriteLine($"high water at {string.Join(" and ", tides)}");
