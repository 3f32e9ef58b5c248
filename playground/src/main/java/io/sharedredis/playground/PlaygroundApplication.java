package io.sharedredis.playground;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Entry point. */
@SpringBootApplication
public class PlaygroundApplication {

  public static void main(String[] args) {
    SpringApplication.run(PlaygroundApplication.class, args);
  }
}
