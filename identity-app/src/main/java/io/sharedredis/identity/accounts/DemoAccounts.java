package io.sharedredis.identity.accounts;

import io.sharedredis.identity.IdentitySettings;
import io.sharedredis.identity.startup.StartUpStep;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.springframework.core.annotation.Order;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.stereotype.Component;

/**
 * Puts alice and bob into the database where the deployment asks for them ({@code
 * identity.demo-users}).
 */
@Component
@Order(30)
class DemoAccounts implements StartUpStep {

  /**
   * Known to everyone who reads the original's documentation; that is why it is for demonstrations
   * only.
   */
  static final String PASSWORD = "Pass123$";

  /** A number that card schemes reserve for tests. */
  private static final String TEST_CARD = "4012888888881881";

  private static final Account.Address REDMOND =
      new Account.Address("15703 NE 61st Ct", "Redmond", "WA", "U.S.", "98052");

  private static final List<Account> ACCOUNTS =
      List.of(
          demo("6c1f5f0e-52a5-4c7e-9d1c-0f6f3f0a11ce", "alice", "Alice"),
          demo("2b7e6a34-8d0f-4f5b-a1b9-5f2d7c4b0b0b", "bob", "Bob"));

  private final IdentitySettings settings;
  private final Accounts accounts;
  private final PasswordEncoder passwords;

  DemoAccounts(IdentitySettings settings, Accounts accounts, PasswordEncoder passwords) {
    this.settings = settings;
    this.accounts = accounts;
    this.passwords = passwords;
  }

  @Override
  public String description() {
    return "demonstration accounts";
  }

  @Override
  public void run() {
    if (!settings.demoUsers()) {
      return;
    }
    for (Account account : ACCOUNTS) {
      if (!accounts.exists(account.loginName())) {
        String holder = account.firstName() + " " + account.lastName();
        accounts.addIfAbsent(
            account,
            Objects.requireNonNull(passwords.encode(PASSWORD)),
            new PaymentCard(TEST_CARD, holder, "12/30"));
      }
    }
  }

  private static Account demo(String id, String loginName, String firstName) {
    String email = firstName + "Smith@email.com";
    return new Account(
        UUID.fromString(id), loginName, true, firstName, "Smith", email, true, REDMOND);
  }
}
