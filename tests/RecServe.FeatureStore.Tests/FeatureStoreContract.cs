using System.Text;
using RecServe.Features;

namespace RecServe.FeatureStore.Tests;

/// <summary>What every store of features does, whatever it is made of.</summary>
public abstract class FeatureStoreContract : IDisposable
{
    private readonly Lazy<IFeatureStore> _store;

    protected FeatureStoreContract() => _store = new Lazy<IFeatureStore>(Open);

    protected IFeatureStore Store => _store.Value;

    protected abstract IFeatureStore Open();

    [Fact]
    public void Apply_then_find_gives_the_row_of_the_entity_and_id()
    {
        FeatureRow user = Row(FieldSide.User, "a", 1, "user"), item = Row(FieldSide.Item, "a", 1, "item"), context = Row(FieldSide.Context, "ä", 1, "context");
        Assert.Equal(new FeatureApplyResult(3, 0, 0), Store.Apply([user, item, context]));

        var lookup = new FeatureLookup();
        lookup.Add(FieldSide.Item, "a"u8);
        lookup.Add(FieldSide.User, "a"u8);
        lookup.Add(FieldSide.Context, "ä"u8);
        lookup.Add(FieldSide.Context, "a"u8);
        lookup.Add(FieldSide.User, ""u8);
        lookup.Add(FieldSide.User, new byte[5_000]);
        Store.Find(lookup);

        Assert.Equal(item.Bytes.ToArray(), lookup.Row(0)!.Bytes.ToArray());
        Assert.Equal(user.Bytes.ToArray(), lookup.Row(1)!.Bytes.ToArray());
        Assert.Equal(context.Bytes.ToArray(), lookup.Row(2)!.Bytes.ToArray());
        Assert.All(Enumerable.Range(3, 3), absent => Assert.Null(lookup.Row(absent)));
        Assert.Equal((3, null), (lookup.Found, lookup.Fault));
        FeatureStoreSnapshot counts = Store.Measure();
        Assert.Equal((1, 1, 1, 0), (counts.Users, counts.Items, counts.Contexts, counts.Tombstones));
        Assert.True(counts.MemoryBytes >= 0);
    }

    [Fact]
    public void Row_is_replaced_by_a_newer_one_alone()
    {
        var outcomes = new FeatureOutcome[5];
        Store.Apply([Row(FieldSide.User, "u", 5, "five"), Row(FieldSide.User, "u", 4, "four"), Row(FieldSide.User, "u", 5, "again"), Row(FieldSide.User, "u", 6, "six"),
            Row(FieldSide.User, "u", 5, "late")], outcomes);

        Assert.Equal([FeatureOutcome.Applied, FeatureOutcome.Stale, FeatureOutcome.Stale, FeatureOutcome.Applied, FeatureOutcome.Stale], outcomes);
        Assert.Equal("six", Text(Store.FindOne(FieldSide.User, "u"u8)));
        Assert.Equal(1, Store.Measure().Users);
    }

    [Fact]
    public void Deletion_hides_the_row_and_refuses_older_ones()
    {
        Store.Apply([Row(FieldSide.User, "u", 5, "five")]);
        Assert.Equal(1, Store.Apply([FeatureRow.Deletion(FieldSide.User, "u", 7, "p")]).Applied);

        Assert.Equal(2, Store.Apply([Row(FieldSide.User, "u", 6, "six"), FeatureRow.Deletion(FieldSide.User, "u", 7, "p")]).Stale);
        Assert.Null(Store.FindOne(FieldSide.User, "u"u8));
        Assert.Equal((0, 1), (Store.Measure().Users, Store.Measure().Tombstones));

        Assert.Equal(1, Store.Apply([Row(FieldSide.User, "u", 8, "eight")]).Applied);
        Assert.Equal("eight", Text(Store.FindOne(FieldSide.User, "u"u8)));
        Assert.Equal((1, 0), (Store.Measure().Users, Store.Measure().Tombstones));
    }

    [Fact]
    public void Absent_entity_appears_when_its_row_comes()
    {
        Assert.Null(Store.FindOne(FieldSide.Item, "i"u8));
        Store.Apply([Row(FieldSide.Item, "i", 1, "one")]);
        Assert.Equal("one", Text(Store.FindOne(FieldSide.Item, "i"u8)));
    }

    [Fact]
    public void Longest_rows_and_ids_are_kept()
    {
        string id = new('x', FeatureLimits.TextBytes);
        FeatureRowBuilder builder = new(FieldSide.Item, id, 1, "p");
        for (int n = 0; n < 14; n++)
            builder.Text($"{n}", new string('y', FeatureLimits.TextBytes));
        FeatureRow row = builder.Build();
        Store.Apply([row]);

        Assert.Equal(row.Bytes.ToArray(), Store.FindOne(FieldSide.Item, Encoding.UTF8.GetBytes(id))!.Bytes.ToArray());
    }

    /// <summary>Every order and any repetition of the same rows ends in the same state: that of a dictionary that keeps the highest version.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Rows_in_any_order_and_number_give_the_state_of_the_highest_versions(int seed)
    {
        var random = new Random(seed);
        var rows = new List<FeatureRow>();
        var reference = new Dictionary<(FieldSide, string), FeatureRow>();
        for (int n = 0; n < 3_000; n++)
        {
            var entity = (FieldSide)random.Next(3);
            string id = $"id{random.Next(200)}";
            ulong version = (ulong)n + 1;
            FeatureRow row = random.Next(5) == 0 ? FeatureRow.Deletion(entity, id, version, "p") : Row(entity, id, version, new string('z', random.Next(100)));
            rows.Add(row);
            reference[(entity, id)] = row;
        }

        rows.AddRange(rows.Where(_ => random.Next(3) == 0).ToArray());
        FeatureRow[] shuffled = [.. rows];
        random.Shuffle(shuffled);
        foreach (FeatureRow[] batch in shuffled.Chunk(1 + random.Next(300)))
        {
            Store.Apply(batch);
            Assert.All(batch, row => Store.FindOne(row.Entity, row.Id));
        }

        Assert.Equal(0, Store.Apply(shuffled).Applied);
        foreach (((FieldSide entity, string id), FeatureRow row) in reference)
            Assert.Equal(row.IsDeletion ? null : row.ToString(), Store.FindOne(entity, Encoding.UTF8.GetBytes(id))?.ToString());
        FeatureStoreSnapshot counts = Store.Measure();
        Assert.Equal((Live(FieldSide.User), Live(FieldSide.Item), Live(FieldSide.Context), reference.Values.Count(row => row.IsDeletion)),
            (counts.Users, counts.Items, counts.Contexts, counts.Tombstones));

        Assert.All(Enum.GetValues<FieldSide>(), entity => Assert.Equal(Live(entity), Store.Count(entity)));

        long Live(FieldSide entity) => reference.Values.Count(row => row.Entity == entity && !row.IsDeletion);
    }

    [Fact]
    public async Task Reader_never_goes_back_and_never_sees_a_mix()
    {
        using var stop = new CancellationTokenSource();
        Task reading = Task.Run(() =>
        {
            var lookup = new FeatureLookup();
            ulong last = 0;
            while (!stop.IsCancellationRequested || last == 0)
            {
                lookup.Clear();
                lookup.Add(FieldSide.User, "u"u8);
                Store.Find(lookup);
                if (lookup.Row(0) is not { } row)
                    continue;
                Assert.True(row.Version >= last, $"version {row.Version} came after {last}");
                Assert.Equal($"{row.Version}", Text(row));
                last = row.Version;
            }
        });
        for (ulong version = 1; version <= 5_000; version++)
            Store.Apply([Row(FieldSide.User, "u", version, $"{version}")]);
        await stop.CancelAsync();
        await reading;
        Assert.Equal("5000", Text(Store.FindOne(FieldSide.User, "u"u8)));
    }

    [Fact]
    public void Look_up_of_known_and_absent_ids_allocates_nothing_in_the_steady_state()
    {
        for (int n = 0; n < 100; n++)
            Store.Apply([Row(FieldSide.Item, $"i{n}", 1, "text")]);
        byte[][] ids = [.. Enumerable.Range(0, 200).Select(n => Encoding.UTF8.GetBytes($"i{n}"))];
        var lookup = new FeatureLookup();
        Assert.Equal(0, Allocations.Least(FindAll, warm: 10));
        Assert.Equal((100, 200), (lookup.Found, lookup.Hot));

        void FindAll()
        {
            lookup.Clear();
            foreach (byte[] id in ids)
                lookup.Add(FieldSide.Item, id);
            Store.Find(lookup);
        }
    }

    public virtual void Dispose()
    {
        if (_store.IsValueCreated)
            _store.Value.Dispose();
        GC.SuppressFinalize(this);
    }

    protected static FeatureRow Row(FieldSide entity, string id, ulong version, string text) => new FeatureRowBuilder(entity, id, version, "p").Text("f", text).Build();

    protected static string? Text(FeatureRow? row) => row is not null && row.TryGet("f"u8, out StoredFeature feature) ? Encoding.UTF8.GetString(feature.Text) : null;
}
