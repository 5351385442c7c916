import { registerRootComponent } from "expo";
import { Text, View } from "react-native";

function LogBook() {
  return (
    <View>
      <Text>Nothing happened today.</Text>
    </View>
  );
}

registerRootComponent(LogBook);
