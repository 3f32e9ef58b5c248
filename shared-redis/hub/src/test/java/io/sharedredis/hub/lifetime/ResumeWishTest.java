package io.sharedredis.hub.lifetime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sharedredis.hub.HubRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResumeWishTest {

  private static HubRequest request(String... parameters) {
    Map<String, List<String>> query = new HashMap<>();
    for (int i = 0; i < parameters.length; i += 2) {
      query.put(parameters[i], List.of(parameters[i + 1]));
    }
    return new HubRequest("/hub", query, Map.of(), null, null, null);
  }

  @Test
  void whoAsksForNothingGetsNothing() {
    assertThat(ResumeWish.of(request())).isNull();
    assertThat(ResumeWish.of(request("places", "what an application means by it"))).isNull();
  }

  @Test
  void idAndPlacesAreTakenFromTheUrl() {
    String id = UUID.randomUUID().toString();
    assertThat(ResumeWish.of(request("resume", id))).isEqualTo(new ResumeWish(id, false));
    assertThat(ResumeWish.of(request("resume", id, "places", "0")))
        .isEqualTo(new ResumeWish(id, false));
    assertThat(ResumeWish.of(request("resume", id, "places", "1")))
        .isEqualTo(new ResumeWish(id, true));
    assertThat(new ResumeWish(id, true).toString()).doesNotContain(id);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "short",
        "123456789012345678901",
        "12345678901234567890123456789012345678901234567890123456789012345",
        "1234567890123456789012:",
        "1234567890123456789012\n",
        "123456789012345678901\u00e4",
        "../../../../../../../etc/passwd"
      })
  void anIdThatIsNoneIsRefusedWithoutRepeatingIt(String id) {
    assertThatThrownBy(() -> ResumeWish.of(request("resume", id)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "The parameter 'resume' must be given once, with 22 to 64 letters, digits, '-' or"
                + " '_'.");
  }

  @Test
  void twoIdsAreRefused() {
    HubRequest two =
        new HubRequest(
            "/hub",
            Map.of("resume", List.of("a".repeat(22), "b".repeat(22))),
            Map.of(),
            null,
            null,
            null);
    assertThatThrownBy(() -> ResumeWish.of(two)).hasMessageContaining("given once");
  }

  @Test
  void placesAreWantedOrNot() {
    assertThatThrownBy(() -> ResumeWish.of(request("resume", "a".repeat(22), "places", "yes")))
        .hasMessage("The parameter 'places' must be 0 or 1.");
  }
}
