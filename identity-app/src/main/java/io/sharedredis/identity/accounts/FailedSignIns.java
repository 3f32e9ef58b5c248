package io.sharedredis.identity.accounts;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Repository;

/**
 * Counts failed sign-ins per login name in PostgreSQL, so that guessing on several replicas is
 * counted together. The count and the decision to lock are one statement; two failures at once can
 * not both be the first.
 */
@Repository
public class FailedSignIns {

  private static final Logger log = LoggerFactory.getLogger(FailedSignIns.class);

  /** Failures before a name is locked; five, as a person's typing errors rarely reach it. */
  public static final int LIMIT = 5;

  /**
   * How long a name stays locked: 300 guesses a day at most, and a person waits no longer than a
   * short break.
   */
  public static final Duration LOCK = Duration.ofMinutes(5);

  /** Failures further apart than this are not counted together. */
  static final Duration WINDOW = Duration.ofMinutes(15);

  private final JdbcClient jdbc;
  private final InstantSource time;

  FailedSignIns(JdbcClient jdbc, InstantSource time) {
    this.jdbc = jdbc;
    this.time = time;
  }

  /** Returns until when the name is locked; empty when it is not. */
  public Optional<Instant> lockedUntil(String loginName) {
    return jdbc.sql(
            "SELECT locked_until FROM failed_sign_in WHERE login_name = ? AND locked_until > ?")
        .params(loginName, at(time.instant()))
        .query((rows, number) -> rows.getObject(1, OffsetDateTime.class).toInstant())
        .optional();
  }

  /** Counts one failure and locks the name when it was the last allowed one. */
  public void record(String loginName) {
    Instant now = time.instant();
    jdbc.sql(
            """
            INSERT INTO failed_sign_in AS f (login_name, failures, last_failure)
            VALUES (:name, 1, :now)
            ON CONFLICT (login_name) DO UPDATE SET
              failures = CASE WHEN f.locked_until <= :now OR f.last_failure < :windowStart THEN 1
                              ELSE f.failures + 1 END,
              locked_until = CASE WHEN f.locked_until > :now THEN f.locked_until
                                  WHEN f.locked_until IS NULL AND f.last_failure >= :windowStart
                                       AND f.failures + 1 >= :limit THEN :lockedUntil
                                  ELSE NULL END,
              last_failure = :now
            """)
        .param("name", loginName)
        .param("now", at(now))
        .param("windowStart", at(now.minus(WINDOW)))
        .param("limit", LIMIT)
        .param("lockedUntil", at(now.plus(LOCK)))
        .update();
  }

  /** Forgets the failures of a name after a success. */
  public void clear(String loginName) {
    jdbc.sql("DELETE FROM failed_sign_in WHERE login_name = ?").param(loginName).update();
  }

  /** Removes counts that no longer matter, so that guessed names do not pile up. */
  @Scheduled(initialDelayString = "PT5M", fixedDelayString = "PT10M")
  void purge() {
    try {
      jdbc.sql("DELETE FROM failed_sign_in WHERE last_failure < ?")
          .param(at(time.instant().minus(WINDOW).minus(LOCK)))
          .update();
    } catch (DataAccessException e) {
      log.warn("Old failed sign-ins stay until the next clean-up: {}", e.getMessage());
    }
  }

  private static OffsetDateTime at(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
