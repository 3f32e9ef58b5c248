package io.sharedredis.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Wrong usage: exit code 2, nothing on standard output, and a sentence that says what to do. */
class WrongUsageTest {
  @TempDir private static Path empty;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | which command? one of keyring, protect, unprotect, ticket, sessions, hub",
        "keyring | which command? one of list, create, revoke",
        "keyring destroy --directory D | which command?",
        "keyring list | --redis <url> or --directory <dir>",
        "keyring list --directory D --redis redis://localhost | exclude each other",
        "keyring list --directory D/absent | does not exist",
        "keyring list --directory D --redis-key K | --redis-key goes with --redis",
        "keyring list --directory D --redis-password-file F | --redis-password-file goes with --redis",
        "keyring list --directory D extra | belongs to no option",
        "keyring list --directory D --redis-password=hunter2 | --redis-password-file",
        "keyring list --redis redis://:hunter2@localhost | --redis holds a password",
        "keyring list --redis redis://hunter2@localhost | --redis holds a password",
        "keyring list --redis localhost:6379,password=hunter2 | --redis holds a password",
        "keyring list --redis http://localhost | --redis is not the address",
        "keyring list --redis redis://localhost --redis-user alice | --redis-password-file",
        "keyring list --redis redis://localhost --redis-password-file D/absent | cannot be read",
        "keyring list --directory D --certificate D/absent.p12 | --certificate-password-file",
        "keyring list --directory D --certificate D/absent.p12 --certificate-password-file D/absent | --certificate",
        "keyring list --directory D --entry-secret-file D/absent | cannot be read",
        "keyring create --directory D --lifetime 5x | --lifetime '5x' is not a duration",
        "keyring create --directory D --lifetime 0d | longer than nothing",
        "keyring create --directory D --lifetime 999999999999d | too long",
        "keyring create --directory D --require-encrypted-keys | add --certificate",
        "keyring revoke --directory D | <id>",
        "keyring revoke abc --directory D | is not the id of a key",
        "keyring revoke-all --directory D | --before",
        "keyring revoke-all --before yesterday --directory D | is not an instant",
        "keyring revoke-all --before 2026-11-22 --directory D | is not an instant",
        "keyring revoke-all --before 9000-01-01T00:00:00Z --directory D | lies ahead",
        "keyring export --directory D | <dir>",
        "keyring import D/absent --directory D | is not a directory",
        "keyring approve --directory D | --entry-secret-file is missing",
        "protect --directory D | --purpose is missing",
        "unprotect --directory D --lines | --purpose is missing",
        "protect --directory D --purpose | --purpose",
        "protect --directory D --purpose p --time-limited soon | --time-limited 'soon' is not a duration",
        "protect --directory D --purpose p --time-limited -5m | --time-limited",
        "protect --directory D --purpose p --time-limited 99999999999d | too long",
        "unprotect --directory D --purpose p --time-limited soon | is not a duration",
        "ticket read --directory D | --scheme",
        "ticket | which command? one of read",
        "sessions | which command? one of list, end",
        "sessions list --app a | name that of the sessions with --redis",
        "sessions list --redis redis://localhost | --app is missing",
        "sessions list --redis redis://localhost --app {a} | hold no braces",
        "sessions list --redis redis://:hunter2@localhost --app a | --redis holds a password",
        "sessions list --redis redis://localhost --app a --user u --count 0 | between 1 and 1000",
        "sessions list --redis redis://localhost --app a --user u --from x | --from",
        "sessions list --redis redis://localhost --app a --ring-redis redis://localhost --directory D | exclude each other",
        "sessions list --redis redis://localhost --app a --redis-key k | --redis-key goes with --ring-redis",
        "sessions list --redis redis://localhost --app a --entry-secret-file D/f | a key ring is missing",
        "sessions list --redis redis://localhost --app a --directory D/absent | does not exist",
        "sessions end --redis redis://localhost --app a | either --id <id> or --all-of",
        "sessions end --redis redis://localhost --app a --user u | either --id <id> or --all-of",
        "sessions end --redis redis://localhost --app a --all-of u --user u | --user goes with --id",
        "sessions end --redis redis://localhost --app a --id hunter2 | is no internal id",
        "hub | which command? one of send, watch",
        "hub send --hub H --all m [] | name that of the backplane with --redis",
        "hub send --redis redis://localhost --all m [] | give its full name with --hub",
        "hub send --redis redis://localhost --hub H m [] | exactly one of --all",
        "hub send --redis redis://localhost --hub H --all --user u m [] | exactly one of --all",
        "hub send --redis redis://localhost --hub H --user= m [] | must not be empty",
        "hub send --redis redis://localhost --hub H --all m | <json arguments>",
        "hub send --redis redis://localhost --hub H --all m hunter2 | <json arguments>: the arguments are no JSON",
        "hub send --redis redis://localhost --hub H --all m {} | the arguments are no JSON array",
        "hub send --redis redis://:hunter2@localhost --hub H --all m [] | --redis holds a password",
        "hub watch --redis redis://localhost | give its full name with --hub",
        "hub watch --redis redis://localhost --hub H --count 0 | --count must be 1 or more",
        "hub watch --redis redis://localhost --hub H --for soon | --for 'soon' is not a duration",
        "hub watch --redis redis://localhost --hub H --for 0s | longer than nothing",
      })
  void isExplained(String line, String expected) {
    String filled =
        line.replace("D/", empty + "/").replace("--directory D", "--directory " + empty);
    String[] arguments = filled.isEmpty() ? new String[0] : filled.split(" ");
    Shell.Result result = Shell.now().run("", arguments);
    assertThat(result.exit()).as(result.err()).isEqualTo(2);
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).startsWith("error: ").contains(expected).doesNotContain("hunter2");
    assertThat(result.err()).doesNotContain("Exception");
  }

  @Test
  void redisPasswordOfTheEnvironmentIsNeverShown() {
    Shell.Result result =
        Shell.now()
            .with(Map.of("REDIS_PASSWORD", "hunter2"))
            .run("", "keyring", "list", "--redis", "redis://localhost:1", "--debug");
    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.err()).contains("redis://localhost:1").doesNotContain("hunter2");
  }
}
