package io.sharedredis.dataprotection.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every record of .NET is the matter of some test here, or left out with a reason. */
class RecordsInteropTest {
  /** Members that tests read, by file. */
  private static final Map<String, String> TESTED =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry(
                  "antiforgery.json",
                  "ring application tokens matrix errors_as_anonymous additional_data cookie_names"),
              Map.entry("base64url.json", "cases"),
              Map.entry("bearer-tokens.json", "ring application now sign_ins checks"),
              Map.entry(
                  "cookies.json",
                  "ring application now cookies tampered sliding_of_the_first_cookie chunking"),
              Map.entry("default-key-table.json", "now scenarios"),
              Map.entry(
                  "identity.json",
                  "ring application user flow ticket_of_the_session_cookie authorized_as tokens"
                      + " forged provider_defaults identity_cookies"),
              Map.entry("key-ring-provider-table.json", "now scenarios"),
              Map.entry("key-rotation-sequence.json", "steps creation_dates lifetimes constants"),
              Map.entry("key-states.json", "now application default_key_id redis_items states"),
              Map.entry(
                  "keyring-reader-verdicts.json",
                  "key_id master_key_base64 replace_in_items cases files"),
              Map.entry("keyrings.json", "rings"),
              Map.entry("oauth.json", "ring application challenges"),
              Map.entry("password-hashes.json", "hashes made_by_hand other"),
              Map.entry("payloads.json", "count payloads"),
              Map.entry("session.json", "ring application sessions other"),
              Map.entry("surroundings.json", "set_application_name misc guid_order"),
              Map.entry("tempdata.json", "ring application tempdata forged emptied"),
              Map.entry("tickets.json", "ring application purposes tickets malformed dates flags"),
              Map.entry("time-limited.json", "payloads instant_of_expiry forged_inner_plaintexts"),
              Map.entry("verdicts-unprotect.json", "bytes text_application text_purposes text"),
              Map.entry(
                  "xmlenc-verdicts.json",
                  "key_id master_key_base64 certificate_base64 head tail cases configuration")));

  /** Members that no test reads, with the reason. */
  private static final Map<String, String> LEFT_OUT =
      Map.of(
          "cookies.json expire_time_span_days", "an option of the server that made the records",
          "identity.json constants", "names of schemes that an application gives itself",
          "key-states.json certificate_of_the_lost_key",
              "names the certificate that is not there, which is how the test finds it lost",
          "oauth.json callback_failures",
              "answers of a login handler to requests that are not recorded; the state that they"
                  + " rest on is tested with challenges",
          "surroundings.json default_discriminators",
              "derived from the folder of a .NET application; the name is always given here",
          "surroundings.json effective_first_purpose",
              "says of the same names in other words what set_application_name says",
          "surroundings.json helpers", "conveniences of .NET and its places in the home folder");

  @TestFactory
  Stream<DynamicTest> recordIsThereAndReadByATest() {
    return TESTED.entrySet().stream()
        .map(
            file ->
                DynamicTest.dynamicTest(
                    file.getKey(), () -> check(file.getKey(), file.getValue().split(" "))));
  }

  private static void check(String file, String... members) {
    assertThat(Interop.folder().resolve(file)).isRegularFile();
    Set<String> recorded = new TreeSet<>(Interop.json(file).propertyNames());
    assertThat(recorded).contains(members);
    recorded.removeAll(Set.of(members));
    recorded.remove("about");
    recorded.removeIf(member -> LEFT_OUT.containsKey(file + " " + member));
    if (System.getProperty("interop.dir") == null) {
      assertThat(recorded).as("members of %s that no test reads", file).isEmpty();
    } else if (!recorded.isEmpty()) {
      System.out.println("RecordsInteropTest: no test reads " + recorded + " of " + file);
    }
  }

  @Test
  void noFileIsForgotten() throws Exception {
    Set<String> files = new TreeSet<>();
    try (Stream<java.nio.file.Path> all = Files.list(Interop.folder())) {
      all.map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".json"))
          .forEach(files::add);
    }
    files.removeAll(TESTED.keySet());
    if (System.getProperty("interop.dir") == null) {
      assertThat(files).isEmpty();
    } else if (!files.isEmpty()) {
      System.out.println("RecordsInteropTest: no test reads " + files);
    }
  }

  @Test
  void missingRecordIsNamed() {
    assertThatThrownBy(() -> Interop.json("no-such-record.json"))
        .hasMessageContaining("no-such-record.json");
  }
}
