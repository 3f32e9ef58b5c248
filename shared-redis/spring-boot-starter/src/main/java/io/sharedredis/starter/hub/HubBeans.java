package io.sharedredis.starter.hub;

import io.sharedredis.hub.ConnectionEndpoint;
import io.sharedredis.hub.Hub;
import io.sharedredis.hub.HubContext;
import io.sharedredis.hub.HubEndpoint;
import io.sharedredis.hub.server.GenericTypes;
import java.lang.annotation.Annotation;
import java.util.List;
import java.util.function.Supplier;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfigurationPackages;
import org.springframework.context.EnvironmentAware;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.ResolvableType;
import org.springframework.core.env.Environment;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.type.filter.AnnotationTypeFilter;
import org.springframework.util.ClassUtils;

/**
 * Finds the classes with {@code @HubEndpoint} in the application's packages, makes each a bean with
 * one object a call, and gives each a {@code HubContext} bean that can be injected by its type
 * arguments. Those with {@code @ConnectionEndpoint} become ordinary beans.
 */
final class HubBeans implements BeanDefinitionRegistryPostProcessor, EnvironmentAware {
  private Environment environment = new StandardEnvironment();

  @Override
  public void setEnvironment(Environment environment) {
    this.environment = environment;
  }

  @Override
  public void postProcessBeanDefinitionRegistry(BeanDefinitionRegistry registry) {
    ConfigurableListableBeanFactory beans = (ConfigurableListableBeanFactory) registry;
    for (String className : found(beans, HubEndpoint.class, ConnectionEndpoint.class)) {
      if (!isRegistered(beans, className)) {
        RootBeanDefinition definition = new RootBeanDefinition();
        definition.setBeanClassName(className);
        registry.registerBeanDefinition(className, definition);
      }
    }
    for (String name : beans.getBeanNamesForAnnotation(HubEndpoint.class)) {
      registry.getBeanDefinition(name).setScope(BeanDefinition.SCOPE_PROTOTYPE);
      Class<?> type = beans.getType(name, false);
      if (type != null) {
        registerContext(registry, beans, ClassUtils.getUserClass(type));
      }
    }
  }

  @SafeVarargs
  private List<String> found(
      ConfigurableListableBeanFactory beans, Class<? extends Annotation>... marks) {
    if (!AutoConfigurationPackages.has(beans)) {
      return List.of();
    }
    ClassPathScanningCandidateComponentProvider scanner =
        new ClassPathScanningCandidateComponentProvider(false, environment);
    for (Class<? extends Annotation> mark : marks) {
      scanner.addIncludeFilter(new AnnotationTypeFilter(mark));
    }
    return AutoConfigurationPackages.get(beans).stream()
        .flatMap(name -> scanner.findCandidateComponents(name).stream())
        .map(BeanDefinition::getBeanClassName)
        .filter(java.util.Objects::nonNull)
        .distinct()
        .toList();
  }

  private static boolean isRegistered(ConfigurableListableBeanFactory beans, String className) {
    for (String name : beans.getBeanDefinitionNames()) {
      if (className.equals(beans.getBeanDefinition(name).getBeanClassName())) {
        return true;
      }
    }
    return false;
  }

  private static void registerContext(
      BeanDefinitionRegistry registry, ConfigurableListableBeanFactory beans, Class<?> hub) {
    if (!Hub.class.isAssignableFrom(hub)) {
      throw new IllegalArgumentException(
          hub.getName() + " has @HubEndpoint but does not extend " + Hub.class.getName());
    }
    Class<?> client = GenericTypes.argumentOf(hub, Hub.class, 0);
    RootBeanDefinition definition = new RootBeanDefinition();
    definition.setTargetType(ResolvableType.forClassWithGenerics(HubContext.class, hub, client));
    Supplier<HubContext<?, ?>> supplier =
        () -> beans.getBean(HubServers.class).context(hub.asSubclass(Hub.class));
    definition.setInstanceSupplier(supplier);
    // Nobody but the application asks for it; hubs are checked at the start in any case.
    definition.setLazyInit(true);
    registry.registerBeanDefinition("hubContext." + hub.getName(), definition);
  }

  @Override
  public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {}
}
