package io.sharedredis.starter.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisException;
import io.sharedredis.lettuce.session.EndedSessions;
import io.sharedredis.lettuce.session.SessionPage;
import io.sharedredis.lettuce.session.SessionStore;
import io.sharedredis.spring.session.SessionCounters;
import io.sharedredis.spring.session.UserSessions;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.endpoint.SecurityContext;

/** What operators are answered about sessions. */
class SessionsEndpointTest {

  private final Map<String, Deque<Object>> answers = new HashMap<>();
  private final SessionStore store =
      (SessionStore)
          Proxy.newProxyInstance(
              getClass().getClassLoader(),
              new Class<?>[] {SessionStore.class},
              (proxy, method, arguments) -> answer(method.getName()));
  private final SessionCounters counters = new SessionCounters();
  private final SessionsEndpoint endpoint = new SessionsEndpoint(new UserSessions(store, counters));

  @Test
  void sessionsAreCounted() {
    answers("count", 12_345L);
    assertThat(endpoint.list(null, null).getBody()).isEqualTo(Map.of("count", 12_345L));
  }

  @Test
  void sessionsOfAUserAreCountedBesideThePageThatIsShown() {
    SessionPage page = new SessionPage(250, List.of());
    answers("outline", page, page);
    assertThat(endpoint.list("alice", 200).getBody())
        .isEqualTo(new SessionsEndpoint.UserView("alice", 250, List.of()));
  }

  @Test
  void whatEndedIsCountedOverAllCommandsItTook() {
    answers(
        "endAll",
        new EndedSessions(List.of("a", "b"), true),
        new EndedSessions(List.of(), true),
        new EndedSessions(List.of("c"), false));
    assertThat(endpoint.endAll(SecurityContext.NONE, "alice").getBody())
        .isEqualTo(Map.of("ended", 3));
    assertThat(counters.endedSessions()).isEqualTo(3);
  }

  @Test
  void sessionThatIsNotThereIsNotFound() {
    answers("endByInternal", Optional.empty());
    assertThat(endpoint.end(SecurityContext.NONE, "none").getStatus()).isEqualTo(404);
  }

  @Test
  void storeThatIsAwayIs503() {
    answers("count", new RedisException("away"));
    assertThat(endpoint.list(null, null).getStatus()).isEqualTo(503);
  }

  private void answers(String method, Object... inTurn) {
    answers.put(method, new ArrayDeque<>(List.of(inTurn)));
  }

  private Object answer(String method) {
    Object answer = answers.getOrDefault(method, new ArrayDeque<>()).remove();
    if (answer instanceof RuntimeException failure) {
      throw failure;
    }
    return answer;
  }
}
