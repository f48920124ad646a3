using System.Text;

namespace RecServe.Features.Tests;

public class EntityCatalogTests
{
    [Fact]
    public void Find_known_and_unknown_ids()
    {
        EntityCatalog catalog = Catalog("i1", "ä", "i22");
        Assert.Equal(3, catalog.Count);
        Assert.Equal(1, catalog.Find("ä"u8));
        Assert.Equal(2, catalog.Find("i22"u8));
        Assert.Equal(-1, catalog.Find("i2"u8));
        Assert.Equal(-1, catalog.Find(""u8));
        Assert.Equal("i22", Encoding.UTF8.GetString(catalog.IdOf(2)));
    }

    [Fact]
    public void Constructor_same_id_twice_is_refused_by_name()
    {
        var error = Assert.Throws<ArgumentException>(() => Catalog("a", "b", "a"));
        Assert.Contains("id 'a' stands twice in the catalog (rows 0 and 2)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CopyTo_adds_the_entities_entries()
    {
        var entity = new EntityColumn(0, [11, 12, 13], [0.5f, 0.5f, 1f], [0, 2, 2, 3]);
        var column = new FeatureColumn();
        for (int row = 0; row < 3; row++)
        {
            entity.CopyTo(row, column);
            column.EndSample();
        }

        Assert.Equal([11UL, 12UL, RowKey.Missing, 13UL], column.Keys.ToArray());
        Assert.Equal([0, 2, 3, 4], column.Offsets.ToArray());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void CopyTo_many_rows_equals_one_row_at_a_time(bool plain)
    {
        var entity = plain
            ? new EntityColumn(0, [11, 12, 13], [1f, 1f, 1f], [0, 1, 2, 3])
            : new EntityColumn(0, [11, 12, 13], [0.5f, 0.5f, 1f], [0, 2, 2, 3]);
        Assert.Equal(plain, entity.IsPlain);
        int[] rows = [2, -1, 0, 1, 2, 0, -1, .. Enumerable.Range(0, 40).Select(n => n % 3)];
        FeatureColumn many = new(), one = new();
        for (int twice = 0; twice < 2; twice++)
        {
            entity.CopyTo(rows, many);
            foreach (int row in rows)
            {
                if (row >= 0)
                    entity.CopyTo(row, one);
                one.EndSample();
            }
        }

        Assert.Equal(one.Samples, many.Samples);
        Assert.Equal(one.IsPlain, many.IsPlain);
        Assert.Equal(one.Keys.ToArray(), many.Keys.ToArray());
        Assert.Equal(one.Weights.ToArray(), many.Weights.ToArray());
        Assert.Equal(one.Offsets.ToArray(), many.Offsets.ToArray());
    }

    [Theory]
    [InlineData(1f, 0, 1, 2, 2)]
    [InlineData(1f, 0, 2, 2, 2)]
    [InlineData(0.5f, 0, 1, 2)]
    public void IsPlain_column_of_other_than_one_entry_of_weight_1_is_false(float weight, params int[] offsets) =>
        Assert.False(new EntityColumn(0, [11, 12], [1f, weight], offsets).IsPlain);

    [Fact]
    public void Find_every_id_among_thousands_and_none_that_is_not_there()
    {
        string[] ids = [.. Enumerable.Range(0, 5_000).Select(n => $"item-{n * 7}")];
        EntityCatalog catalog = new(Encoding.UTF8.GetBytes(string.Concat(ids)), Offsets(ids), []);
        for (int row = 0; row < ids.Length; row++)
        {
            byte[] id = Encoding.UTF8.GetBytes(ids[row]);
            Assert.Equal(row, catalog.Find(id));
            Assert.Equal(row, catalog.Likely(RowKey.Hash64(id)));
            Assert.Equal(-1, catalog.Find(Encoding.UTF8.GetBytes($"item-{row * 7 + 1}")));
        }

        static int[] Offsets(string[] ids)
        {
            var offsets = new int[ids.Length + 1];
            for (int i = 0; i < ids.Length; i++)
                offsets[i + 1] = offsets[i] + ids[i].Length;
            return offsets;
        }
    }

    [Fact]
    public void Likely_hash_that_agrees_in_its_upper_half_only_is_a_candidate_to_compare()
    {
        EntityCatalog catalog = Catalog("i1");
        ulong hash = RowKey.Hash64("i1"u8);
        Assert.Equal(0, catalog.Likely(hash ^ 2)); // the same slot of two, another hash
        Assert.Equal(-1, catalog.Likely(hash ^ (1UL << 40)));
    }

    [Fact]
    public void Find_in_an_empty_catalog_is_minus_1()
    {
        EntityCatalog catalog = Catalog();
        Assert.Equal(-1, catalog.Find("i1"u8));
        Assert.Equal(-1, catalog.Likely(RowKey.Hash64("i1"u8)));
    }

    internal static EntityCatalog Catalog(params string[] ids) => new(
        Encoding.UTF8.GetBytes(string.Concat(ids)),
        [0, .. ids.Select((_, i) => ids.Take(i + 1).Sum(id => Encoding.UTF8.GetByteCount(id)))],
        []);
}
