package io.sharedredis.conformance;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Serves every hub of the recorded server; options stand in {@link ConformanceOptions}. */
@SpringBootApplication
class ConformanceApp {

  public static void main(String[] arguments) {
    SpringApplication.run(ConformanceApp.class, ConformanceOptions.toProperties(arguments));
  }
}
