package io.sharedredis.starter.messaging;

import io.sharedredis.lettuce.messaging.MessagingOptions;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Spring's STOMP messaging on several replicas.
 *
 * @param backplane whether the simple broker reaches subscribers and users at other replicas
 * @param maxMessageSize largest message that travels between replicas, headers included; at most
 *     16MB
 * @param maxWaiting messages of other replicas that may wait to be delivered here; further ones are
 *     dropped and counted
 * @param usersExpireAfter a replica that has not been heard of for so long takes its users out of
 *     SimpUserRegistry; at least 1s
 */
@ConfigurationProperties("shared-redis.messaging")
public record MessagingProperties(
    @DefaultValue("none") Mode backplane,
    @DefaultValue("1MB") DataSize maxMessageSize,
    @DefaultValue("10000") int maxWaiting,
    @DefaultValue("6s") Duration usersExpireAfter) {

  /** Whether replicas share messages. */
  public enum Mode {
    /** Each replica serves its own clients. */
    NONE,
    /** Over the Redis of the hub backplane. */
    REDIS
  }

  MessagingOptions options(String application) {
    return MessagingOptions.of(application)
        // What is beyond an int is beyond what may be, which the options say.
        .withMaxMessageBytes((int) Math.min(maxMessageSize.toBytes(), Integer.MAX_VALUE))
        .withMaxWaiting(maxWaiting)
        .withUsersExpireAfter(usersExpireAfter);
  }
}
