package io.sharedredis.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.SignedJWT;
import io.sharedredis.identity.Farm.Replica;
import io.sharedredis.testkit.RedisServer;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The signing key when the key ring that encrypts it is lost or not the same everywhere. */
class SigningKeysIT {

  @Test
  void replicaWithAnotherRingRefusesForeignFormsAndSignsWithItsOwnKeyThatBothVerify()
      throws Exception {
    Replica one = Farm.sharedReplica();
    Map<String, Object> before = tokens(one);
    long keys = keys();
    try (RedisServer otherRing = RedisServer.startOwn()) {
      Map<String, Object> environment = Farm.shared().environment("identity-2");
      environment.put("DPConnectionString", otherRing.url());
      try (Replica two = Replica.start("identity-2", environment)) {
        two.awaitReady();
        Map<String, Object> after = tokens(two);
        assertThat(kid(after)).isNotEqualTo(kid(before));
        assertThat(ShopSide.verified(two, before.get("access_token")))
            .containsEntry("unique_name", "alice");
        assertThat(ShopSide.userinfo(two, (String) before.get("access_token")).statusCode())
            .isEqualTo(200);
        // The first has the new key's public half as soon as a token asks for it.
        assertThat(ShopSide.userinfo(one, (String) after.get("access_token")).statusCode())
            .isEqualTo(200);
        // Neither replaces the other's key: each goes on with the one that it can open.
        assertThat(kid(tokens(one))).isEqualTo(kid(before));
        assertThat(kid(tokens(two))).isEqualTo(kid(after));
        assertThat(keys()).isEqualTo(keys + 1);
        HttpResponse<String> foreignForm =
            new Browser().signIn(one, two, "/identity/login", "alice", "Pass123$");
        assertThat(foreignForm.statusCode()).isEqualTo(403);
      }
    }
  }

  private static long keys() {
    return Farm.shared()
        .jdbc()
        .sql("SELECT count(*) FROM identity.signing_key")
        .query(Long.class)
        .single();
  }

  @Test
  void privateKeyAndCardLieEncryptedInTheDatabase() {
    Farm.sharedReplica();
    String stored =
        Farm.shared()
            .jdbc()
            .sql(
                """
                  SELECT string_agg(k.public_jwk || k.private_protected || a.card_protected, ' ')
                  FROM identity.signing_key k, identity.account a
                  """)
            .query(String.class)
            .single();
    assertThat(stored).contains("CfDJ8").doesNotContain("\"d\":", "\"p\":", "4012888888881881");
  }

  private static Map<String, Object> tokens(Replica replica) {
    return ShopSide.json(ShopSide.redeem(replica, ShopSide.code(new Browser(), replica, "alice")));
  }

  private static String kid(Map<String, Object> tokens) throws Exception {
    return SignedJWT.parse((String) tokens.get("access_token")).getHeader().getKeyID();
  }
}
