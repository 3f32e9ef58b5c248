package io.sharedredis.identity.signingkeys;

import com.nimbusds.jose.jwk.JWKSet;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.oauth2.jwt.JwtEncoder;
import org.springframework.security.oauth2.jwt.NimbusJwtEncoder;

/** Signs with one key, while many are published. */
@Configuration(proxyBeanMethods = false)
class TokenSigning {

  @Bean
  JwtEncoder jwtEncoder(SigningKeys keys) {
    return new NimbusJwtEncoder(
        (selector, context) -> List.copyOf(selector.select(new JWKSet(keys.signer()))));
  }
}
