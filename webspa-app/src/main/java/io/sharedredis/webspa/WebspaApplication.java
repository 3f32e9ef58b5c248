package io.sharedredis.webspa;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Entry point. */
@SpringBootApplication
public class WebspaApplication {

  public static void main(String[] args) {
    SpringApplication.run(WebspaApplication.class, args);
  }
}
