package io.sharedredis.identity.oidc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sharedredis.identity.Browser;
import io.sharedredis.identity.Farm;
import io.sharedredis.identity.Farm.Replica;
import io.sharedredis.identity.ShopSide;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.server.authorization.OAuth2Authorization;
import org.springframework.security.oauth2.server.authorization.OAuth2TokenType;

/** What the store adds to Spring Security's own. */
class AuthorizationStoreIT {

  private final Replica replica = Farm.sharedReplica();
  private final AuthorizationStore store = replica.context().getBean(AuthorizationStore.class);

  @Test
  void expiredAuthorizationsAreRemovedAndLivingOnesStay() {
    String expired = refreshToken();
    String living = refreshToken();
    Farm.shared()
        .jdbc()
        .sql(
            """
            UPDATE identity.oauth2_authorization
            SET authorization_code_expires_at = now() - interval '9 hours',
                access_token_expires_at = now() - interval '8 hours',
                oidc_id_token_expires_at = now() - interval '8 hours',
                refresh_token_expires_at = now() - interval '1 second'
            WHERE refresh_token_value = ?
            """)
        .param(expired)
        .update();
    store.purge();
    assertThat(store.findByToken(expired, OAuth2TokenType.REFRESH_TOKEN)).isNull();
    assertThat(store.findByToken(living, OAuth2TokenType.REFRESH_TOKEN)).isNotNull();
  }

  @Test
  void refreshThatWasUnderWayDoesNotBringBackWhatSignOutRemoved() {
    OAuth2Authorization read = store.findByToken(refreshToken(), OAuth2TokenType.REFRESH_TOKEN);
    store.remove(read);
    assertThatThrownBy(() -> store.save(read)).isInstanceOf(OAuth2AuthenticationException.class);
    assertThat(store.findById(read.getId())).isNull();
  }

  private String refreshToken() {
    Map<String, Object> tokens =
        ShopSide.json(ShopSide.redeem(replica, ShopSide.code(new Browser(), replica, "alice")));
    return (String) tokens.get("refresh_token");
  }
}
