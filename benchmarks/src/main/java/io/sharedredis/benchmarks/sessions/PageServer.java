package io.sharedredis.benchmarks.sessions;

import java.io.IOException;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** The process of one candidate's server; ends when its standard input does. */
final class PageServer {
  private PageServer() {}

  /**
   * @param args name of the {@link Candidate}, URL of Redis
   */
  public static void main(String[] args) throws IOException {
    Candidate candidate = Candidate.valueOf(args[0]);
    try (ConfigurableApplicationContext app =
        new SpringApplicationBuilder(candidate.configuration())
            .run(candidate.settings(args[1]).toArray(String[]::new))) {
      Fork.ready(app.getEnvironment().getRequiredProperty("local.server.port", Integer.class));
    }
  }
}
