using System.Net;
using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace Tuopin.BrowserTests;

/// <summary>Bytes over the wire: rural links are slow.</summary>
public sealed partial class WeighingTheFirstVisit(ServedDemo demo)
{
    [Fact]
    public async Task Before_charts_it_is_at_most_80_kB_and_charts_200_kB_more()
    {
        var page = await demo.As("county");
        var cookies = await page.Context.CookiesAsync();
        await page.Context.CloseAsync();
        using var client = new HttpClient(new HttpClientHandler { AutomaticDecompression = DecompressionMethods.None, UseCookies = false })
        {
            BaseAddress = new(demo.Address),
        };
        client.DefaultRequestHeaders.Add("Accept", "text/html");
        client.DefaultRequestHeaders.Add("Accept-Encoding", "br, gzip");
        client.DefaultRequestHeaders.Add("Cookie", string.Join("; ", cookies.Select(c => $"{c.Name}={c.Value}")));
        async Task<(long Bytes, string Encoding, byte[] Content)> Get(string path)
        {
            using var answer = await client.GetAsync(path);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK, path);
            var content = await answer.Content.ReadAsByteArrayAsync();
            return (content.Length, string.Join(",", answer.Content.Headers.ContentEncoding), content);
        }
        var html = await Get("/overview");
        html.Encoding.ShouldBe("gzip");
        using var unpacked = new StreamReader(
            new System.IO.Compression.GZipStream(new MemoryStream(html.Content), System.IO.Compression.CompressionMode.Decompress)
        );
        var text = await unpacked.ReadToEndAsync(TestContext.Current.CancellationToken);
        var assets = Assets().Matches(text).Select(m => m.Value).Distinct().ToList();
        assets.Count.ShouldBeGreaterThan(3);
        var (first, charts) = (html.Bytes, 0L);
        foreach (var asset in assets)
        {
            var got = await Get(asset);
            got.Encoding.ShouldBe("br", asset);
            if (asset.Contains("charts"))
                charts += got.Bytes;
            else
                first += got.Bytes;
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"first visit {first:N0} B, charts {charts:N0} B");
        first.ShouldBeLessThanOrEqualTo(80_000);
        charts.ShouldBeInRange(1, 200_000);
    }

    [GeneratedRegex("/assets/[A-Za-z0-9.]+")]
    private static partial Regex Assets();
}
