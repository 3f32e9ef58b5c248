package io.sharedredis.benchmarks.sessions;

import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.annotation.ImportCandidates;

/** Who keeps the sessions of the sample page; each with its defaults. */
enum Candidate {
  SHARED_REDIS("shared-redis", SamplePage.class),
  SPRING("Spring Session", SpringSessions.Plain.class),
  SPRING_INDEXED("Spring Session, indexed", SpringSessions.Indexed.class),
  REDISSON("Redisson in Tomcat", RedissonSessions.class),
  NONE("no session", SamplePage.class);

  private static final String OURS = "io.sharedredis.";

  /**
   * Actuator comes with our starter. What it observes of every filter is no part of sessions and
   * costs as much as the page: nobody gets it.
   */
  private static final String OBSERVATIONS =
      "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration";

  private final String title;
  private final Class<?> configuration;

  Candidate(String title, Class<?> configuration) {
    this.title = title;
    this.configuration = configuration;
  }

  String title() {
    return title;
  }

  Class<?> configuration() {
    return configuration;
  }

  /** Settings of the server; those of our starter are taken back for everybody else. */
  List<String> settings(String redisUrl) {
    List<String> settings = new ArrayList<>();
    settings.add("--server.port=0");
    settings.add("--server.tomcat.max-keep-alive-requests=-1");
    settings.add("--server.tomcat.keep-alive-timeout=-1");
    settings.add("--spring.application.name=speed");
    // Nobody stands behind a gateway.
    settings.add("--server.forward-headers-strategy=none");
    settings.add("--server.tomcat.remoteip.remote-ip-header=");
    settings.add("--server.tomcat.remoteip.protocol-header=");
    settings.add("--spring.data.redis.url=" + redisUrl);
    settings.add("--spring.autoconfigure.exclude=" + String.join(",", excluded()));
    settings.add("--" + SamplePage.STATELESS + "=" + (this == NONE));
    if (this == SHARED_REDIS) {
      settings.add("--REPLICA_NAME=one");
      settings.add("--shared-redis.session.store=shared");
      settings.add("--shared-redis.drain.notice=0s");
    } else {
      settings.add("--spring.mvc.publish-request-handled-events=true");
      settings.add("--server.shutdown=immediate");
    }
    return settings;
  }

  private List<String> excluded() {
    List<String> excluded = new ArrayList<>();
    excluded.add(OBSERVATIONS);
    if (this != SHARED_REDIS) {
      ImportCandidates.load(AutoConfiguration.class, Candidate.class.getClassLoader())
          .forEach(
              name -> {
                if (name.startsWith(OURS)) {
                  excluded.add(name);
                }
              });
    }
    return excluded;
  }
}
