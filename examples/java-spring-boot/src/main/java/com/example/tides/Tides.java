package com.example.tides;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

@RestController
@SpringBootApplication
public class Tides {
  public static void main(String[] arguments) {
    SpringApplication.run(Tides.class, arguments);
  }

  @GetMapping("/tides/{harbour}")
  String tides(@PathVariable String harbour) {
    return "high water in " + harbour + " at 05:12\n";
  }
}
