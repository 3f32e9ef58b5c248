package io.sharedredis.starter.session;

import io.sharedredis.spring.session.SessionsUnavailableException;
import io.sharedredis.spring.session.UserSessions;
import io.sharedredis.spring.session.UserSessions.UserSession;
import io.sharedredis.starter.ActuatorCaller;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;

/**
 * The actuator endpoint {@code sessions}: counts sessions, lists and ends those of a user. Sessions
 * are named by internal ids, with which nobody can take one over.
 *
 * <p>Ending is off by default: {@code management.endpoint.sessions.access=unrestricted} enables it;
 * each end is logged with the name of who asked for it. A store that is away is answered with 503.
 * Thread-safe.
 */
@WebEndpoint(id = "sessions", defaultAccess = Access.READ_ONLY)
final class SessionsEndpoint {

  private static final Logger log = LoggerFactory.getLogger(SessionsEndpoint.class);

  private final UserSessions sessions;

  SessionsEndpoint(UserSessions sessions) {
    this.sessions = sessions;
  }

  /**
   * How many sessions there are, or those of a user.
   *
   * @param from how many to pass over; a hundred are shown
   */
  @ReadOperation
  WebEndpointResponse<?> list(@Nullable String user, @Nullable Integer from) {
    return answered(
        () ->
            user == null
                ? Map.of("count", sessions.count())
                : new UserView(
                    user,
                    sessions.count(user),
                    sessions.list(user, from == null ? 0 : Math.max(0, from))));
  }

  /** Ends one session; 404 if there is none. */
  @DeleteOperation
  WebEndpointResponse<?> end(SecurityContext caller, @Selector String id) {
    return answered(
        () -> {
          if (!sessions.endAny(id)) {
            return new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND);
          }
          log.warn("Session {} was ended over the actuator by {}", id, ActuatorCaller.name(caller));
          return Map.of("ended", 1);
        });
  }

  /** Ends all sessions of a user. */
  @DeleteOperation
  WebEndpointResponse<?> endAll(SecurityContext caller, String user) {
    return answered(
        () -> {
          int ended = sessions.endAll(user);
          log.warn(
              "{} sessions were ended over the actuator by {}", ended, ActuatorCaller.name(caller));
          return Map.of("ended", ended);
        });
  }

  private static WebEndpointResponse<?> answered(Supplier<Object> work) {
    try {
      Object answer = work.get();
      return answer instanceof WebEndpointResponse<?> response
          ? response
          : new WebEndpointResponse<>(answer);
    } catch (SessionsUnavailableException e) {
      return new WebEndpointResponse<>(
          Map.of("error", String.valueOf(e.getMessage())),
          WebEndpointResponse.STATUS_SERVICE_UNAVAILABLE);
    }
  }

  /**
   * The sessions of one user.
   *
   * @param count of all their sessions
   * @param sessions of this page, last used first
   */
  record UserView(String user, long count, List<UserSession> sessions) {}
}
