using IdentityModel.Client;

namespace Login;

public class TokenClient(HttpClient http)
{
    public Task<TokenResponse> RequestAsync(string address) =>
        http.RequestClientCredentialsTokenAsync(new ClientCredentialsTokenRequest { Address = address, ClientId = "login" });
}
