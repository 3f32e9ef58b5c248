package io.sharedredis.webspa.login;

import io.sharedredis.spring.web.PublicUrl;
import io.sharedredis.webspa.ShopProperties;
import java.util.Map;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.client.registration.InMemoryClientRegistrationRepository;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;

/**
 * The shop as a client of the identity provider. Each endpoint is written out instead of
 * discovered, so that the shop starts without the provider: browsers are sent to the public URL,
 * the shop's own calls go to the internal one.
 */
@Configuration(proxyBeanMethods = false)
class ShopClient {

  static final String REGISTRATION = "shop";

  /** Path of the identity provider on the public URL, and so the end of its issuer. */
  private static final String IDENTITY = "/identity";

  static String issuer(PublicUrl publicUrl) {
    return publicUrl.resolve(IDENTITY);
  }

  static String jwkSetUri(ShopProperties shop) {
    return shop.identity() + "/oauth2/jwks";
  }

  @Bean
  ClientRegistrationRepository clientRegistrations(PublicUrl publicUrl, ShopProperties shop) {
    String issuer = issuer(publicUrl);
    return new InMemoryClientRegistrationRepository(
        ClientRegistration.withRegistrationId(REGISTRATION)
            .clientId("webspa")
            .clientSecret(shop.secret())
            .clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_BASIC)
            .authorizationGrantType(AuthorizationGrantType.AUTHORIZATION_CODE)
            .redirectUri(publicUrl.resolve("/login/oauth2/code/" + REGISTRATION))
            .scope("openid", "profile", "orders", "basket", "orders.signalrhub")
            .issuerUri(issuer)
            .authorizationUri(issuer + "/oauth2/authorize")
            .tokenUri(shop.identity() + "/oauth2/token")
            .jwkSetUri(jwkSetUri(shop))
            .userInfoUri(shop.identity() + "/userinfo")
            .userNameAttributeName(Buyer.NAME_CLAIM)
            .providerConfigurationMetadata(
                Map.of("end_session_endpoint", issuer + "/connect/logout"))
            .clientSettings(
                ClientRegistration.ClientSettings.builder().requireProofKey(true).build())
            .clientName("Harbor Goods")
            .build());
  }
}
