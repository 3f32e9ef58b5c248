package io.sharedredis.starter.messaging;

import java.security.Principal;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.messaging.handler.annotation.DestinationVariable;
import org.springframework.messaging.handler.annotation.MessageMapping;
import org.springframework.messaging.handler.annotation.SendTo;
import org.springframework.messaging.simp.annotation.SendToUser;
import org.springframework.messaging.simp.config.MessageBrokerRegistry;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.stereotype.Controller;
import org.springframework.web.socket.config.annotation.EnableWebSocketMessageBroker;
import org.springframework.web.socket.config.annotation.StompEndpointRegistry;
import org.springframework.web.socket.config.annotation.WebSocketMessageBrokerConfigurer;

/** An application with Spring's STOMP messaging, written as if it ran on one replica. */
@SpringBootConfiguration
@EnableAutoConfiguration
class StompApp {

  @Configuration(proxyBeanMethods = false)
  @EnableWebSocketMessageBroker
  static class Messaging implements WebSocketMessageBrokerConfigurer {

    @Override
    public void registerStompEndpoints(StompEndpointRegistry registry) {
      registry.addEndpoint("/ws");
    }

    @Override
    public void configureMessageBroker(MessageBrokerRegistry registry) {
      registry.enableSimpleBroker("/topic", "/queue");
      registry.setApplicationDestinationPrefixes("/app");
      registry.setPreservePublishOrder(true);
    }
  }

  @Controller
  static class Chat {

    @MessageMapping("/chat/{room}")
    @SendTo("/topic/chat.{room}")
    String chat(@DestinationVariable String room, String text) {
      return room + ": " + text;
    }

    @MessageMapping("/asked-here")
    @SendToUser(destinations = "/queue/answers", broadcast = false)
    String askedHere(String text) {
      return "here " + text;
    }

    @MessageMapping("/asked")
    @SendToUser("/queue/answers")
    String asked(String text, Principal user) {
      return user.getName() + " " + text;
    }
  }

  @Bean
  SecurityFilterChain everybodyMayConnect(HttpSecurity http) {
    return http.authorizeHttpRequests(requests -> requests.anyRequest().permitAll())
        .httpBasic(Customizer.withDefaults())
        .build();
  }

  @Bean
  UserDetailsService users() {
    InMemoryUserDetailsManager users = new InMemoryUserDetailsManager();
    for (String name : new String[] {"alice", "bob", "carol"}) {
      users.createUser(User.withUsername(name).password("{noop}secret").build());
    }
    return users;
  }
}
