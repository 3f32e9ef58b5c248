package io.sharedredis.spring.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.springframework.session.FindByIndexNameSessionRepository.PRINCIPAL_NAME_INDEX_NAME;

import io.sharedredis.lettuce.session.RedisSessionStore;
import io.sharedredis.lettuce.session.SessionStoreOptions;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.security.web.WebAttributes;
import org.springframework.session.events.AbstractSessionEvent;
import org.springframework.session.events.SessionCreatedEvent;
import org.springframework.session.events.SessionDeletedEvent;

/**
 * What Spring Session promises of its own repositories in Redis, held against ours: every behaviour
 * that the integration tests of its plain and its indexed repository name.
 *
 * <p>Where ours differs, it says so here: a session that was deleted meanwhile is no {@code
 * IllegalStateException} when it is saved (ours is not brought back, and the request goes on); a
 * former id answers for some seconds ({@code FormerIdIT}); of two id changes at a time each gets a
 * session of its own. A last access in the past cannot be given: the clock of Redis says when a
 * session was used. Not applicable: keyspace messages (ours needs none; ends are in {@code
 * ExpiredSessionsIT}), flush modes and save modes (ours saves at the end of a request, and what
 * changed), configuration of Redis by the application, the names of keys.
 */
class SessionContractIT {

  private static final String SECURITY_CONTEXT = "SPRING_SECURITY_CONTEXT";

  private static SharedSessions redis;

  private final SharedSessionRepository sessions = redis.repository();
  private final SharedSessionRepository elsewhere = redis.repository();
  private final String user = "user-" + UUID.randomUUID();
  private final String other = "other-" + UUID.randomUUID();

  /** Both ways in which a session says whose it is. */
  enum By {
    NAME(PRINCIPAL_NAME_INDEX_NAME) {
      @Override
      Object value(String user) {
        return user;
      }
    },
    SECURITY_CONTEXT(SessionContractIT.SECURITY_CONTEXT) {
      @Override
      Object value(String user) {
        return context(user);
      }
    };

    private final String attribute;

    By(String attribute) {
      this.attribute = attribute;
    }

    abstract Object value(String user);
  }

  @BeforeAll
  static void start() throws Exception {
    redis = new SharedSessions();
  }

  @AfterAll
  static void stop() {
    redis.close();
  }

  @BeforeEach
  void forget() {
    redis.events.clear();
  }

  @Test
  void newSessionIsSavedWithItsTimeoutAndAttributes() {
    SharedSession session = saved("a", "1");
    SharedSession found = elsewhere.findById(session.getId());
    assertThat(found.getId()).isEqualTo(session.getId());
    assertThat(found.getMaxInactiveInterval()).isEqualTo(SharedSessions.TIMEOUT);
    assertThat(found.getAttributeNames()).containsExactly("a");
    assertThat(found.<String>getAttribute("a")).isEqualTo("1");
    assertThat(found.getRequiredAttribute("a").toString()).isEqualTo("1");
    assertThat(found.<String>getAttributeOrDefault("b", "none")).isEqualTo("none");
    assertThat(found.getCreationTime())
        .isEqualTo(session.getCreationTime().truncatedTo(ChronoUnit.MILLIS));
    assertThat(found.isExpired()).isFalse();
  }

  @Test
  void sessionThatWasNotSavedIsNotFound() {
    SharedSession session = sessions.createSession();
    assertThat(elsewhere.findById(session.getId())).isNull();
    assertThat(redis.events).isEmpty();
  }

  @Test
  void beginAndEndOfASessionAreToldWithWhatIsInIt() {
    SharedSession session = saved("a", "1");
    session.setAttribute("b", "2");
    sessions.save(session);
    elsewhere.deleteById(session.getId());
    assertThat(elsewhere.findById(session.getId())).isNull();
    assertThat(sessions.findById(session.getId())).isNull();
    assertThat(redis.events)
        .extracting(AbstractSessionEvent::getClass)
        .isEqualTo(List.of(SessionCreatedEvent.class, SessionDeletedEvent.class));
    assertThat(redis.events)
        .extracting(AbstractSessionEvent::getSessionId)
        .containsOnly(session.getId());
    assertThat(redis.events.get(1).getSession().<String>getAttribute("b")).isEqualTo("2");
  }

  @Test
  void sessionIsDeletedOnceAndDeletingNothingDoesNothing() {
    SharedSession session = saved("a", "1");
    sessions.deleteById(session.getId());
    sessions.deleteById(session.getId());
    elsewhere.deleteById(session.getId());
    for (String id : List.of(sessions.createSession().getId(), UUID.randomUUID().toString(), "")) {
      sessions.deleteById(id);
      assertThat(sessions.findById(id)).isNull();
    }
    assertThat(redis.events).hasSize(2);
  }

  @Test
  void deletedSessionIsNotBroughtBackBySavingIt() {
    SharedSession session = saved("a", "1");
    SharedSession copy = elsewhere.findById(session.getId());
    sessions.deleteById(session.getId());
    copy.setAttribute("a", "2");
    assertThatCode(() -> elsewhere.save(copy)).doesNotThrowAnyException();
    assertThat(sessions.findById(session.getId())).isNull();
    assertThat(redis.raw().exists(SharedSessions.key(session.getId()))).isZero();
    // Nor by the very object that was deleted.
    session.setAttribute("a", "3");
    sessions.save(session);
    assertThat(sessions.findById(session.getId())).isNull();
    assertThat(redis.events).hasSize(2);
  }

  @Test
  void changesOfTwoCopiesAllSurvive() {
    SharedSession session = saved("a", "1");
    SharedSession one = sessions.findById(session.getId());
    SharedSession two = elsewhere.findById(session.getId());
    one.setAttribute("b", "2");
    sessions.save(one);
    two.setAttribute("c", "3");
    elsewhere.save(two);
    assertThat(all(session.getId())).isEqualTo(Map.of("a", "1", "b", "2", "c", "3"));
  }

  @Test
  void attributeThatWasNotReadIsNotLostWhenAnotherIsSet() {
    String id = saved("a", "1").getId();
    SharedSession session = elsewhere.findById(id);
    session.setAttribute("b", "2");
    elsewhere.save(session);
    assertThat(all(id)).isEqualTo(Map.of("a", "1", "b", "2"));
  }

  /** As Spring Security does it after the response of each sign-in. */
  @Test
  void failedSignInThatIsNotThereIsRemovedForNothing() {
    String failed = WebAttributes.AUTHENTICATION_EXCEPTION;
    SharedSession session = sessions.findById(saved("a", "1").getId());
    long saves = sessions.counters().saves();
    session.removeAttribute(failed);
    sessions.save(session);
    assertThat(sessions.counters().saves()).isEqualTo(saves);
    session.setAttribute(failed, "wrong password");
    sessions.save(session);
    SharedSession again = elsewhere.findById(session.getId());
    again.removeAttribute(failed);
    elsewhere.save(again);
    assertThat(all(session.getId())).isEqualTo(Map.of("a", "1"));
  }

  @Test
  void attributeIsReplacedRemovedAndSetAgain() {
    SharedSession session = saved("a", "1");
    session.setAttribute("a", "2");
    sessions.save(session);
    assertThat(all(session.getId())).isEqualTo(Map.of("a", "2"));
    session.removeAttribute("a");
    sessions.save(session);
    assertThat(all(session.getId())).isEmpty();
    assertThat(redis.raw().hkeys(SharedSessions.key(session.getId())))
        .noneMatch(field -> field.startsWith("x:"));
    session.setAttribute("a", "3");
    session.setAttribute("b", "4");
    session.setAttribute("b", null);
    sessions.save(session);
    assertThat(all(session.getId())).isEqualTo(Map.of("a", "3"));
    assertThat(session.getAttributeNames()).containsExactly("a");
  }

  @Test
  void savingWhatDidNotChangeWritesNothing() {
    SharedSession session = saved("a", "1");
    Map<String, String> before = redis.raw().hgetall(SharedSessions.key(session.getId()));
    sessions.save(session);
    SharedSession found = elsewhere.findById(session.getId());
    found.setLastAccessedTime(Instant.now());
    elsewhere.save(found);
    assertThat(redis.raw().hgetall(SharedSessions.key(session.getId()))).isEqualTo(before);
  }

  @Test
  void timeoutOfASessionIsItsOwn() {
    SharedSession session = saved("a", "1");
    session.setMaxInactiveInterval(Duration.ofMinutes(7));
    sessions.save(session);
    assertThat(elsewhere.findById(session.getId()).getMaxInactiveInterval())
        .isEqualTo(Duration.ofMinutes(7));
    assertThat(redis.raw().pttl(SharedSessions.key(session.getId())))
        .isGreaterThan(Duration.ofMinutes(7).toMillis());
    session.setMaxInactiveInterval(Duration.ofSeconds(-1));
    sessions.save(session);
    SharedSession never = elsewhere.findById(session.getId());
    assertThat(never.getMaxInactiveInterval()).isNegative();
    assertThat(never.isExpired()).isFalse();
  }

  @Test
  void sessionNobodyUsedForItsTimeoutIsNotFound() {
    String id = saved("a", "1").getId();
    expire(id);
    assertThat(sessions.findById(id)).isNull();
  }

  @Test
  void lastAccessIsThatOfTheLastUse() {
    String id = saved("a", "1").getId();
    long twenty = Duration.ofMinutes(20).toMillis();
    redis.raw().hincrby(SharedSessions.key(id), "a", -twenty);
    Instant before = Instant.now().minus(Duration.ofMinutes(1));
    // The one who comes after twenty minutes is told of the use before theirs.
    assertThat(sessions.findById(id).getLastAccessedTime()).isBefore(before);
    assertThat(sessions.findById(id).getLastAccessedTime()).isAfter(before);
  }

  @Test
  void newIdFindsTheSessionWithItsChanges() {
    SharedSession session = saved("a", "1");
    String before = session.getId();
    session.setAttribute("a", "2");
    String after = session.changeSessionId();
    sessions.save(session);
    assertThat(after).isNotEqualTo(before).isEqualTo(session.getId());
    assertThat(all(after)).isEqualTo(Map.of("a", "2"));
    silenceFormerIds(after);
    assertThat(sessions.findById(before)).isNull();
  }

  @Test
  void idAloneIsChanged() {
    SharedSession session = elsewhere.findById(saved("a", "1").getId());
    String before = session.getId();
    String after = session.changeSessionId();
    elsewhere.save(session);
    silenceFormerIds(after);
    assertThat(all(after)).isEqualTo(Map.of("a", "1"));
    assertThat(sessions.findById(before)).isNull();
  }

  @Test
  void ofTwoIdChangesBeforeOneSaveTheLastCounts() {
    SharedSession session = saved("a", "1");
    String before = session.getId();
    String between = session.changeSessionId();
    session.setAttribute("a", "2");
    String after = session.changeSessionId();
    sessions.save(session);
    silenceFormerIds(after);
    assertThat(sessions.findById(before)).isNull();
    assertThat(sessions.findById(between)).isNull();
    assertThat(all(after)).isEqualTo(Map.of("a", "2"));
  }

  @Test
  void idOfANewSessionIsChangedBeforeItsFirstSave() {
    SharedSession session = sessions.createSession();
    String before = session.getId();
    session.setAttribute("a", "1");
    String after = session.changeSessionId();
    sessions.save(session);
    assertThat(sessions.findById(before)).isNull();
    assertThat(all(after)).isEqualTo(Map.of("a", "1"));
  }

  @Test
  void savingTwiceAfterAnIdChangeChangesItOnce() {
    SharedSession session = saved("a", "1");
    String before = session.getId();
    String after = session.changeSessionId();
    sessions.save(session);
    sessions.save(session);
    session.setAttribute("a", "2");
    sessions.save(session);
    silenceFormerIds(after);
    assertThat(sessions.findById(before)).isNull();
    assertThat(all(after)).isEqualTo(Map.of("a", "2"));
  }

  @Test
  void idOfADeletedSessionIsNotChangedIntoALivingOne() {
    SharedSession session = saved("a", "1");
    String before = session.getId();
    elsewhere.deleteById(before);
    session.setAttribute("a", "2");
    String after = session.changeSessionId();
    assertThatCode(() -> sessions.save(session)).doesNotThrowAnyException();
    assertThat(sessions.findById(after)).isNull();
    assertThat(sessions.findById(before)).isNull();
  }

  @Test
  void idOfAnExpiredSessionIsNotChangedIntoALivingOne() {
    SharedSession session = saved("a", "1");
    expire(session.getId());
    String after = session.changeSessionId();
    assertThatCode(() -> sessions.save(session)).doesNotThrowAnyException();
    assertThat(sessions.findById(after)).isNull();
  }

  @Test
  void twoIdChangesAtATimeAreNoErrorAndGiveASessionEach() {
    String before = saved("a", "1").getId();
    SharedSession one = sessions.findById(before);
    SharedSession two = elsewhere.findById(before);
    one.setAttribute("b", "2");
    one.changeSessionId();
    sessions.save(one);
    two.setAttribute("c", "3");
    two.changeSessionId();
    assertThatCode(() -> elsewhere.save(two)).doesNotThrowAnyException();
    assertThat(all(one.getId())).isEqualTo(Map.of("a", "1", "b", "2"));
    assertThat(all(two.getId())).isEqualTo(Map.of("a", "1", "c", "3"));
    sessions.deleteById(two.getId());
    assertThat(sessions.findById(one.getId())).isNotNull();
  }

  @ParameterizedTest
  @EnumSource(By.class)
  void sessionIsFoundByItsUserUntilItIsDeleted(By by) {
    SharedSession session = signedIn(by);
    assertThat(of(user)).containsExactly(session.getId());
    assertThat(elsewhere.findByPrincipalName(user).get(session.getId()).<String>getAttribute("a"))
        .isEqualTo("1");
    sessions.deleteById(session.getId());
    assertThat(of(user)).isEmpty();
    assertThat(redis.events).hasSize(2);
  }

  @ParameterizedTest
  @EnumSource(By.class)
  void expiredSessionIsNotFoundByItsUser(By by) {
    expire(signedIn(by).getId());
    assertThat(of(user)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(By.class)
  void otherChangesLeaveTheUserAsItIs(By by) {
    SharedSession session = signedIn(by);
    session.setAttribute("other", "value");
    sessions.save(session);
    assertThat(of(user)).containsExactly(session.getId());
    SharedSession reloaded = elsewhere.findById(session.getId());
    reloaded.setAttribute("other", "another");
    elsewhere.save(reloaded);
    assertThat(of(user)).containsExactly(session.getId());
  }

  @ParameterizedTest
  @EnumSource(By.class)
  void sessionThatIsNobodysAnyMoreIsNotFound(By by) {
    SharedSession session = signedIn(by);
    session.setAttribute(by.attribute, null);
    sessions.save(session);
    assertThat(of(user)).isEmpty();
    session.setAttribute(by.attribute, by.value(user));
    sessions.save(session);
    SharedSession reloaded = elsewhere.findById(session.getId());
    reloaded.removeAttribute(by.attribute);
    elsewhere.save(reloaded);
    assertThat(of(user)).isEmpty();
    assertThat(sessions.findById(session.getId())).isNotNull();
  }

  @ParameterizedTest
  @EnumSource(By.class)
  void sessionThatChangesItsUserIsFoundByTheNewOne(By by) {
    SharedSession session = signedIn(by);
    session.setAttribute(by.attribute, by.value(other));
    sessions.save(session);
    assertThat(of(user)).isEmpty();
    assertThat(of(other)).containsExactly(session.getId());
    SharedSession reloaded = elsewhere.findById(session.getId());
    reloaded.setAttribute(by.attribute, by.value(user));
    elsewhere.save(reloaded);
    assertThat(of(other)).isEmpty();
    assertThat(of(user)).containsExactly(session.getId());
  }

  @ParameterizedTest
  @EnumSource(By.class)
  void sessionIsFoundUnderItsNewIdByItsUser(By by) {
    SharedSession session = signedIn(by);
    String before = session.getId();
    session.changeSessionId();
    sessions.save(session);
    assertThat(of(user)).containsExactly(session.getId()).doesNotContain(before);
  }

  @Test
  void nameGivenGoesBeforeThatOfTheSecurityContext() {
    SharedSession session = sessions.createSession();
    session.setAttribute(PRINCIPAL_NAME_INDEX_NAME, user);
    session.setAttribute(SECURITY_CONTEXT, context(other));
    sessions.save(session);
    assertThat(of(user)).containsExactly(session.getId());
    assertThat(of(other)).isEmpty();
  }

  @Test
  void otherIndexesAreEmptyAndUnknownUsersHaveNone() {
    signedIn(By.NAME);
    assertThat(sessions.findByIndexNameAndIndexValue("email", user)).isEmpty();
    assertThat(of(other)).isEmpty();
    assertThat(of("")).isEmpty();
  }

  @Test
  void severalSessionsOfOneUserAreAllFound() {
    List<String> ids = Stream.generate(() -> signedIn(By.NAME).getId()).limit(120).toList();
    assertThat(of(user)).containsExactlyInAnyOrderElementsOf(ids);
  }

  @Test
  void somethingElseUnderTheNamesOfSpringSecuritySignsNobodyIn() {
    SharedSession session = sessions.createSession();
    session.setAttribute(SECURITY_CONTEXT, "alice");
    assertThatCode(() -> sessions.save(session)).doesNotThrowAnyException();
    session.setAttribute(PRINCIPAL_NAME_INDEX_NAME, 7);
    assertThatCode(() -> sessions.save(session)).doesNotThrowAnyException();
    assertThat(elsewhere.findById(session.getId())).isNotNull();
    assertThat(of("alice")).isEmpty();
    assertThat(of("7")).isEmpty();
  }

  @Test
  void storeOfAnotherApplicationFindsNothing() {
    RedisSessionStore office = redis.store(SessionStoreOptions.of("office"));
    SharedSession session = signedIn(By.NAME);
    SharedSessionRepository others = redis.repository(office, SharedSessions.TIMEOUT);
    assertThat(others.findById(session.getId())).isNull();
    assertThat(others.findByPrincipalName(user)).isEmpty();
  }

  private SharedSession signedIn(By by) {
    SharedSession session = sessions.createSession();
    session.setAttribute("a", "1");
    session.setAttribute(by.attribute, by.value(user));
    sessions.save(session);
    return session;
  }

  private SharedSession saved(String name, String value) {
    SharedSession session = sessions.createSession();
    session.setAttribute(name, value);
    sessions.save(session);
    return session;
  }

  private Map<String, Object> all(String id) {
    SharedSession session = elsewhere.findById(id);
    assertThat(session).isNotNull();
    Map<String, Object> all = new TreeMap<>();
    for (String name : session.getAttributeNames()) {
      all.put(name, session.getAttribute(name));
    }
    return all;
  }

  private List<String> of(String name) {
    return List.copyOf(elsewhere.findByPrincipalName(name).keySet());
  }

  private static SecurityContextImpl context(String name) {
    return new SecurityContextImpl(
        new UsernamePasswordAuthenticationToken(
            name, "none", AuthorityUtils.createAuthorityList("ROLE_USER")));
  }

  /** As if its timeout had passed. */
  private static void expire(String id) {
    redis.raw().hincrby(SharedSessions.key(id), "a", -Duration.ofHours(1).toMillis());
  }

  /** As if the seconds for which they answer had passed. */
  private static void silenceFormerIds(String id) {
    String key = SharedSessions.key(id);
    for (String field : redis.raw().hkeys(key)) {
      if (field.startsWith("o:")) {
        redis.raw().hset(key, field, "1:1");
      }
    }
  }
}
